"""Village matters (村务) that need no approval from above: deliberated by the village, published as lists."""
