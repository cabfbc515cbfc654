"""What the application is made of, each part from the settings."""
