package imports

import "slices"

// spot is a place in a JSON value that a format reads: the members of an object, the items
// of a list, or the value itself. What no spot names is passed over.
type spot struct {
	members map[string]*spot // of an object
	item    *spot            // of a list
	// begin is told before the value is gone through, with its key, end after it.
	begin func(key string)
	end   func()
	// take is given the value itself, at most maxItem long, good until it returns.
	take func(raw []byte)
}

// fields is a spot of an object.
func fields(members map[string]*spot) *spot { return &spot{members: members} }

// each is a spot of all items of a list.
func each(item *spot) *spot { return &spot{item: item} }

// taken is a spot of a value that is wanted whole.
func taken(take func(raw []byte)) *spot { return &spot{take: take} }

// walk reads the next value of s and hands what the spot names over. A value of another
// form than the spot expects is passed over, and said; so is a member that stands twice.
func (p *spot) walk(s *stream, key string, depth int) error {
	if p == nil {
		return s.skip(depth)
	}
	if p.begin != nil {
		p.begin(key)
	}
	if p.take != nil {
		raw, err := s.capture(depth)
		if err == nil && raw != nil {
			p.take(raw)
		}
		return err
	}
	var err error
	switch s.peek() {
	case '{':
		if p.item != nil {
			s.odd(s.line(), "an object where a list has to be was passed over")
		}
		err = p.object(s, depth)
	case '[':
		if p.item == nil {
			s.odd(s.line(), "a list where an object has to be was passed over")
		}
		err = s.array(depth, func(int) error { return p.item.walk(s, "", depth+1) })
	case 'n', 0: // nothing, as some tools write what is empty, and the end
		err = s.skip(depth)
	default:
		s.odd(s.line(), "a value that is neither a list nor an object was passed over")
		err = s.skip(depth)
	}
	if err == nil && p.end != nil {
		p.end()
	}
	return err
}

// object reads an object, and each of the members that the spot names once: by its name
// as it is, and not in another case.
func (p *spot) object(s *stream, depth int) error {
	var seen []string
	return s.object(depth, func(key string) error {
		below, named := p.members[key]
		switch {
		case !named:
			if odd := inAnotherCase(key, p.members); odd != "" {
				s.odd(s.line(), odd)
			}
		case slices.Contains(seen, key):
			s.odd(s.line(), standsTwice(key))
		default:
			seen = append(seen, key)
		}
		return below.walk(s, key, depth+1)
	})
}
