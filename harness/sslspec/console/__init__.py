"""What a user sees on a terminal: what is shown while a run goes on, and what when it is over."""
