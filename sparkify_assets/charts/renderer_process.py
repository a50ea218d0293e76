"""The program of `renderer`: a line of JSON with a call on standard input, one with its result on standard output."""

import json
import sys
from base64 import b64encode


def main() -> None:
    """Answer until the input ends."""
    import vl_convert

    # The first picture takes a second, whatever it shows.
    vl_convert.vegalite_to_png({"data": {"values": []}, "mark": "bar"})
    for line in sys.stdin:
        call = json.loads(line)
        try:
            made = getattr(vl_convert, call["function"])(**call["arguments"])
            reply = {"text": b64encode(made).decode() if isinstance(made, bytes) else made}
        except Exception as error:
            # Behind its first lines a message goes on with a stack of JavaScript.
            reply = {"error": " ".join(str(error).split("\n    at ")[0].split())}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
