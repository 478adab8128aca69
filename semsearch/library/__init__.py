"""An opened index: catalog, generations and encoder together."""
