"""COPY and UNLOAD: files of S3 to rows and back."""
