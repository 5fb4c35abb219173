"""Proof that two trees of this program give the same outputs, byte for byte.

A tree is recorded once: every case (a command line, in a folder of its own) is run and its files,
stdout, stderr and exit code are kept. Two records are then compared.

    python -m tools.same_outputs record TREE -o RECORD [--full] [--only PATTERN] [-j N] [--twice]
    python -m tools.same_outputs compare RECORD_A RECORD_B
    python -m tools.same_outputs OLD NEW

TREE is a folder or a git revision. The program is copied first, to a folder named after its
contents and as long as any other: edits while it runs change nothing, and no line breaks elsewhere
because a path is longer. A record can be resumed: `--only` replaces the cases named and keeps the
others.
"""
