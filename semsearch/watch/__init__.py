"""What comes by itself: feeds that are polled."""
