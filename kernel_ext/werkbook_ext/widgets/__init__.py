"""What all widgets share: their code, their comm, their colours."""
