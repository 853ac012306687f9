"""What is asked: selects that never write."""
