"""The magics: arguments in, a call of the library, output."""
