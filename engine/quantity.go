package engine

import (
	"encoding/json"
	"strings"
)

// longestExponent is how many digits the exponent of a quantity may have, as of memory. Nobody
// means what is beyond, of which the Kubernetes library writes out every digit: for hours,
// and into all memory.
const longestExponent = 5

// EndlessQuantity reports whether a text is a quantity that is not to be read.
func EndlessQuantity(text string) bool {
	if text = strings.TrimLeft(text, "+-.0123456789"); len(text) < 2 || text[0] != 'e' && text[0] != 'E' {
		return false
	}
	if text = text[1:]; text[0] == '+' || text[0] == '-' {
		text = text[1:]
	}
	digits := strings.TrimLeft(text, "0")
	return len(digits) > longestExponent && strings.Trim(digits, "0123456789") == ""
}

// HoldsEndlessQuantity reports whether such a text stands in a tree, but for names and
// labels, where no quantity is.
func HoldsEndlessQuantity(tree any) bool {
	switch v := tree.(type) {
	case string:
		return EndlessQuantity(v)
	case json.Number:
		return EndlessQuantity(v.String())
	case []any:
		for _, item := range v {
			if HoldsEndlessQuantity(item) {
				return true
			}
		}
	case map[string]any:
		for name, item := range v {
			if name != "metadata" && name != "matchLabels" && HoldsEndlessQuantity(item) {
				return true
			}
		}
	}
	return false
}
