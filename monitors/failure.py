"""What a person can mend."""


class Failure(Exception):
    """Something a person can mend: the message names the file, key, line or address, what is wrong and what to do."""

    exit_status = 2
