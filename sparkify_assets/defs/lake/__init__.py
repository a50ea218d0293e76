"""Group `lake`: the files of the lake, and the sensor which watches them."""
