"""What is shown of service outside of the console: the paper that the buyer signs."""
