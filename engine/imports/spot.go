package imports

// spot is a place in a JSON value that a format reads: the members and items below it,
// or the value itself. What no spot names is passed over.
type spot struct {
	members map[string]*spot
	any     *spot // of members of any other name, and of items
	// begin is told before the value is gone through, with its key, end after it.
	begin func(key string)
	end   func()
	// take is given the value itself, at most maxItem long, good until it returns.
	take func(raw []byte)
}

// fields is a spot of an object.
func fields(members map[string]*spot) *spot { return &spot{members: members} }

// each is a spot of all that a value holds.
func each(item *spot) *spot { return &spot{any: item} }

// taken is a spot of a value that is wanted whole.
func taken(take func(raw []byte)) *spot { return &spot{take: take} }

// walk reads the next value of s and hands what the spot names over. A value of another
// form than the spot expects is passed over.
func (p *spot) walk(s *stream, key string, depth int) error {
	if p == nil {
		return s.skip(depth)
	}
	if p.take != nil {
		raw, err := s.capture(depth)
		if err == nil && raw != nil {
			p.take(raw)
		}
		return err
	}
	if p.begin != nil {
		p.begin(key)
	}
	var err error
	switch s.peek() {
	case '{':
		err = s.object(depth, func(key string) error {
			below, named := p.members[key]
			if !named {
				below = p.any
			}
			return below.walk(s, key, depth+1)
		})
	case '[':
		err = s.array(depth, func(int) error { return p.any.walk(s, "", depth+1) })
	default:
		err = s.skip(depth)
	}
	if err == nil && p.end != nil {
		p.end()
	}
	return err
}
