"""`python -m thinline_tools.cli`, for who has no script installed."""

from thinline_tools.cli import main

if __name__ == "__main__":
    main()
