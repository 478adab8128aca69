"""What comes by itself: feeds that are polled, standing questions, and alerts on their way out."""
