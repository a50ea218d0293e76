"""The wire of Redshift: messages, logins, sessions, transactions."""
