"""The lake: JSON event logs and song files, in a folder or in S3, and samples of it."""
