"""Who calls, and how they prove it: sign-up, sign-in, access and refresh tokens, sessions and their revocation."""
