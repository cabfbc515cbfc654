"""What the server tells about itself while it runs."""
