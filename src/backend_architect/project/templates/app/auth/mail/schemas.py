"""What comes in with the links of letters."""

from typing import Annotated

from pydantic import Field, Secret

from app.auth.schemas import Email, Password
from app.core.input import Input

Token = Secret[Annotated[str, Field(max_length=100, json_schema_extra={"format": "password", "writeOnly": True})]]


class Address(Input):
    """An address that gets a letter, if it has an account."""

    email: Email


class NewAddress(Input):
    """The address that the caller's account is to have; with the password, where the account has one."""

    email: Email
    password: Password | None = None


class Confirmation(Input):
    """The token of a link, and the password of the account; not needed by who is signed in to it."""

    token: Token
    password: Password | None = None


class PasswordReset(Input):
    """The token of a link, and the password to sign in with from now on."""

    token: Token
    new_password: Password
