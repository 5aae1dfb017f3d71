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

func (s *scan) value(at, depth int) int {
	at = s.space(at)
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
	for at = from; at < len(data) && isRegular(data[at]); at++ {
		if data[at] == '#' {
			return -1
		}
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
	data, from, n := s.data, at, int32(0)
	if data[at] == '-' {
		at++
	}
	first := at
	for ; at < len(data) && isDigit(data[at]); at++ {
		n = 10*n + int32(data[at]-'0')
		if at-first == longest {
			return -1
		}
	}
	if at == first || at == len(data) {
		return -1
	}
	if data[at] == '.' {
		for at++; at < len(data) && isDigit(data[at]); at++ {
			if at-first > 2*longest {
				return -1
			}
		}
		if at < len(data) && isRegular(data[at]) {
			return -1
		}
		return at
	}
	switch {
	case isRegular(data[at]):
		return -1
	case first > from, !isSpace(data[at]):
		return at
	}
	// A reference has " 0 R" behind its number; if it is spelt in another way, it is read in full.
	zero := s.space(at)
	if zero+1 >= len(data) || data[zero] != '0' || isRegular(data[zero+1]) {
		return at
	}
	r := s.space(zero + 1)
	switch {
	case r >= len(data) || data[r] != 'R':
		return at
	case r+1 == len(data), isRegular(data[r+1]), n == 0, n > maxObject:
		return -1
	}
	s.refs = append(s.refs, n)
	return r + 1
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
	var keys [few]int // where they begin
	data, n := s.data, 0
	for at = s.space(at + 2); at+1 < len(data); at = s.space(at) {
		if data[at] == '>' && data[at+1] == '>' {
			return at + 2
		}
		if data[at] != '/' || n == few {
			return -1
		}
		from := at
		if at = s.name(at); at < 0 || at == len(data) {
			return -1
		}
		for _, before := range keys[:n] {
			end := before + at - from // within the data: it stands before this one
			if data[before+1] == data[from+1] && !isRegular(data[end]) && string(data[before:end]) == string(data[from:at]) {
				return -1
			}
		}
		keys[n] = from
		n++
		if at = s.value(at, depth+1); at < 0 {
			return -1
		}
	}
	return -1
}
