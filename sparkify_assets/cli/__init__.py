"""What the commands of `sparkify` do and print."""
