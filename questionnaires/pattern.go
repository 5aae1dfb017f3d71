package questionnaires

// pattern is what path.Match reads, character by character: a literal one, or one of
// the two below.
type pattern []rune

const (
	anyCharacter rune = -1 - iota // ? and, so as to say yes rather too often, a set
	anyText                       // *
)

func patternOf(text string) pattern {
	var p pattern
	for in := []rune(text); len(in) > 0; in = in[1:] {
		switch {
		case in[0] == '*':
			p = append(p, anyText)
		case in[0] == '?':
			p = append(p, anyCharacter)
		case in[0] == '[':
			p = append(p, anyCharacter)
			in = afterSet(in)
		case in[0] == '\\' && len(in) > 1:
			in = in[1:]
			p = append(p, in[0])
		default:
			p = append(p, in[0])
		}
	}
	return p
}

// afterSet returns what is left from the end of a set on.
func afterSet(in []rune) []rune {
	for i := 1; i < len(in); i++ {
		switch in[i] {
		case '\\':
			i++
		case ']':
			return in[i:]
		}
	}
	return in
}

// overlaps reports whether one name may match both patterns.
func (p pattern) overlaps(o pattern) bool {
	// may[j]: what is left of p from some place on, and of o from j on, overlap.
	may := make([]bool, len(o)+1)
	for i := len(p); i >= 0; i-- {
		below := may // of the place after
		may = make([]bool, len(o)+1)
		for j := len(o); j >= 0; j-- {
			switch {
			case i == len(p) && j == len(o):
				may[j] = true
			case i < len(p) && p[i] == anyText:
				may[j] = below[j] || j < len(o) && may[j+1]
			case j < len(o) && o[j] == anyText:
				may[j] = may[j+1] || i < len(p) && below[j]
			case i < len(p) && j < len(o):
				may[j] = (p[i] == o[j] || p[i] == anyCharacter || o[j] == anyCharacter) && below[j+1]
			}
		}
	}
	return may[0]
}
