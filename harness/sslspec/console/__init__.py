"""What a user sees on a terminal: how things look, what is shown while a run goes on, and what when it is over."""
