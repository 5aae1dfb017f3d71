package sign

// skip passes over one value and keeps what it refers to. It accepts what [parser.value] accepts
// and nothing else: a report has thousands of objects, of which a signature concerns ten.
func (p *parser) skip() error {
	plain := scan{data: p.data, refs: p.passed.refs}
	if end := plain.value(p.pos, p.depth); end >= 0 && p.values+plain.values <= maxValues {
		p.pos, p.values, p.passed = end, p.values+plain.values, passed{plain.refs, plain.signs}
		return nil
	}
	o, err := p.value()
	for _, n := range o.references(nil) {
		p.passed.refs = append(p.passed.refs, int32(n))
	}
	p.passed.signs = o.isSignature()
	return err
}

// passed is what was seen in the values that a parser passed over.
type passed struct {
	refs  []int32 // the object numbers that they refer to, in the order of the text
	signs bool    // the last one may be a signature
}

// scan passes over values as reports mostly have them, and gives up (-1) at whatever is out of
// the ordinary or wrong: that is read in full.
type scan struct {
	data   []byte
	values int
	refs   []int32
	signs  bool // a name is there that a signature has
}

// value passes over the value at a byte that is no space, and says where it ends.
func (s *scan) value(at, depth int) int {
	if at+1 >= len(s.data) || depth >= maxDepth {
		return -1
	}
	s.values++
	switch c := s.data[at]; {
	case c == '/':
		return s.name(at)
	case isDigit(c), c == '-':
		return s.number(at)
	case c == '[':
		return s.array(at, depth)
	case c == '<' && s.data[at+1] == '<':
		return s.dict(at, depth)
	case c == '(':
		return s.text(at)
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if end := at + len(word); end < len(s.data) && string(s.data[at:end]) == word && !isRegular(s.data[end]) {
			return end
		}
	}
	return -1
}

func (s *scan) space(at int) int {
	for at < len(s.data) && isSpace(s.data[at]) {
		at++
	}
	return at
}

// name passes over a name without escapes.
func (s *scan) name(at int) int {
	data, from := s.data, at+1
	for at = from; at < len(data) && classes[data[at]]&plainByte != 0; {
		at++
	}
	if at < len(data) && data[at] == '#' {
		return -1
	}
	switch string(data[from:at]) {
	case "Sig", "ByteRange":
		s.signs = true
	}
	return at
}

// number passes over a number or a reference.
func (s *scan) number(at int) int {
	const longest = 9
	data, n := s.data, int32(0)
	from := at
	if data[at] == '-' {
		at++
	}
	first := at
	for at < len(data) && isDigit(data[at]) && at-first < longest {
		n = 10*n + int32(data[at]-'0')
		at++
	}
	if next := at + len(" 0 R"); next < len(data) && string(data[at:next]) == " 0 R" && !isRegular(data[next]) && first == from && n > 0 && n <= maxObject {
		s.refs = append(s.refs, n)
		return next
	}
	switch {
	case at == first, at == len(data):
		return -1
	case data[at] == '.':
		return s.fraction(at + 1)
	case isRegular(data[at]): // a longer one as well
		return -1
	case first > from, !isSpace(data[at]):
		return at
	}
	// A reference that is spelt in another way is read in full.
	zero := s.space(at)
	if zero+1 >= len(data) || data[zero] != '0' || isRegular(data[zero+1]) {
		return at
	}
	if r := s.space(zero + 1); r == len(data) || data[r] == 'R' {
		return -1
	}
	return at
}

// fraction passes over the digits behind a point.
func (s *scan) fraction(at int) int {
	const longest = 9
	for first := at; at < len(s.data) && isDigit(s.data[at]); at++ {
		if at-first == longest {
			return -1
		}
	}
	if at < len(s.data) && isRegular(s.data[at]) {
		return -1
	}
	return at
}

// text passes over a string in round brackets that has none inside, and no escapes.
func (s *scan) text(at int) int {
	for at++; at < len(s.data); at++ {
		switch s.data[at] {
		case ')':
			return at + 1
		case '(', '\\':
			return -1
		}
	}
	return -1
}

func (s *scan) array(at, depth int) int {
	for at = s.space(at + 1); at < len(s.data); at = s.space(at) {
		if s.data[at] == ']' {
			return at + 1
		}
		if at = s.value(at, depth+1); at < 0 {
			break
		}
	}
	return -1
}

// dict passes over a dictionary of few keys, none of which comes twice.
func (s *scan) dict(at, depth int) int {
	const few = 12
	var keys [few]int  // where they begin
	var letters uint64 // that they begin with, as a set
	data, n := s.data, 0
	for at = s.space(at + 2); at+1 < len(data); at = s.space(at) {
		if data[at] != '/' || n == few {
			if data[at] == '>' && data[at+1] == '>' {
				return at + 2
			}
			return -1
		}
		from := at
		if at = s.name(at); at < 0 || at == len(data) {
			return -1
		}
		letter := uint64(1) << (data[from+1] % 64)
		if letters&letter != 0 && s.again(keys[:n], from, at) {
			return -1
		}
		letters |= letter
		keys[n] = from
		n++
		if at = s.value(s.space(at), depth+1); at < 0 {
			return -1
		}
	}
	return -1
}

// again tells whether the key from one byte to another is among those that begin at the given ones.
func (s *scan) again(keys []int, from, to int) bool {
	for _, before := range keys {
		end := before + to - from // within the data: it stands before this one
		if !isRegular(s.data[end]) && string(s.data[before:end]) == string(s.data[from:to]) {
			return true
		}
	}
	return false
}
