"""What the coefficients in the package were fitted with; see README.md beside this file."""
