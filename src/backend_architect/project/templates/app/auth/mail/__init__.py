"""Mail about accounts: confirming an address, choosing another password, moving to another address.

`letters.py` leaves a letter in the transaction that it is about, and keeps the links that were sent; `send_mail.py` is
the worker's job that sends one, `post.py` speaks SMTP, `routes.py` takes the links back. The words are in `texts/`.
"""
