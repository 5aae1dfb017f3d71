package engine

import "slices"

// Subject is what a check judges by itself: an object, and what stands over it and is
// judged with it, as the Deployment over a pod. It is the same as long as both are the
// same documents.
type Subject struct{ Of, Under *Object }

// Subjects are what some checks judge one by one: what they say of one hangs on nothing
// but that Subject, and on what they read of their View besides. They are kept in a
// package's variable, and named by the checks that judge them.
type Subjects struct {
	first *Subjects
	list  *Survey[[]Subject]
}

// NewSubjects returns Subjects by the function that lists them.
func NewSubjects(list func(*View) []Subject) *Subjects {
	return &Subjects{list: surveyed(list)}
}

func surveyed(list func(*View) []Subject) *Survey[[]Subject] {
	return NewSurvey(func(v *View, _ []Subject) []Subject { return list(v) }, nil)
}

// With returns the Subjects of s, and after them those of another list.
func (s *Subjects) With(list func(*View) []Subject) *Subjects {
	return &Subjects{first: s, list: surveyed(func(v *View) []Subject { return slices.Concat(s.list.Of(v), list(v)) })}
}

// EveryObject returns, as Subjects, the objects of some kinds, kind by kind.
func EveryObject(kinds ...Kind) *Subjects {
	return NewSubjects(func(v *View) []Subject { return objectsOf(v, kinds) })
}

// AndEveryObject returns the Subjects of s, and after them the objects of some kinds.
func (s *Subjects) AndEveryObject(kinds ...Kind) *Subjects {
	return s.With(func(v *View) []Subject { return objectsOf(v, kinds) })
}

func objectsOf(v *View, kinds []Kind) []Subject {
	var all []Subject
	for _, k := range kinds {
		for _, o := range v.Objects(k) {
			all = append(all, Subject{o, o})
		}
	}
	return all
}

// asked is what of its subjects a check is asked about.
type asked struct {
	at   []int        // their places in the list
	refs map[Ref]bool // those that are gone too
}

// Asked returns the places of the Subjects that the check that judges them now is asked
// about, and whether those are not all. What read reads of the Subjects themselves is
// then known to the View, which asks again about those that are others: it need not be
// noted. A check that does not judge them one by one is asked about all.
func (s *Subjects) Asked(v *View, read func()) (at []int, some bool) {
	mine := v.apart == s
	for outer := v.apart; outer != nil && !mine; outer = outer.first {
		mine = outer == s
	}
	if !mine {
		read()
		return nil, false
	}
	v.unnoted(read)
	if v.asked == nil {
		return nil, false
	}
	if v.apart == s {
		return v.asked.at, true
	}
	var own []int
	v.unnoted(func() {
		count := len(s.list.Of(v))
		for _, i := range v.asked.at {
			if i < count {
				own = append(own, i)
			}
		}
	})
	return own, true
}

// EachOf returns the objects of kind k, decoded as T, that the check that judges s now is
// asked about.
func EachOf[T any](v *View, s *Subjects, k Kind) []Typed[T] {
	return own(v, s, k, func() []Typed[T] { return All[T](v, k) }, func(t Typed[T]) *Object { return t.Object })
}

// Objects returns the objects of kind k that the check that judges s now is asked about.
func (s *Subjects) Objects(v *View, k Kind) []*Object {
	return own(v, s, k, func() []*Object { return v.Objects(k) }, func(o *Object) *Object { return o })
}

// own returns those among all of a kind that are asked about.
func own[O any](v *View, s *Subjects, k Kind, read func() []O, object func(O) *Object) []O {
	var all []O
	at, some := s.Asked(v, func() { all = read() })
	if !some {
		return all
	}
	var list []Subject
	v.unnoted(func() { list = s.list.Of(v) })
	asked := map[*Object]bool{}
	for _, i := range at {
		if list[i].Of.Ref.Of() == k {
			asked[list[i].Of] = true
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(o O) bool { return !asked[object(o)] })
}

// moved returns what a check has to be asked about whose last answer was about other
// Subjects: those that were not among them, and the others of their refs.
func moved(before, now []Subject) *asked {
	head := 0
	for head < len(before) && head < len(now) && before[head] == now[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(now)-head && before[len(before)-1-tail] == now[len(now)-1-tail] {
		tail++
	}
	a := &asked{refs: map[Ref]bool{}}
	counts := map[Subject]int{}
	for _, s := range before[head : len(before)-tail] {
		counts[s]++
	}
	for _, s := range now[head : len(now)-tail] {
		if counts[s]--; counts[s] < 0 { // those that share a Ref and change places are others (see relist)
			a.refs[s.Of.Ref] = true
		}
	}
	for s, left := range counts {
		if left > 0 {
			a.refs[s.Of.Ref] = true
		}
	}
	if len(a.refs) == 0 {
		return a
	}
	among := a.among()
	for i, s := range now {
		if among(s.Of.Ref) {
			a.at = append(a.at, i)
		}
	}
	return a
}

// among tells what is asked about; for few it compares, which costs less.
func (a *asked) among() func(Ref) bool {
	const few = 4
	if len(a.refs) > few {
		return func(r Ref) bool { return a.refs[r] }
	}
	var refs []Ref
	for r := range a.refs {
		refs = append(refs, r)
	}
	return func(r Ref) bool {
		for i := range refs {
			if refs[i].Name == r.Name && refs[i] == r {
				return true
			}
		}
		return false
	}
}
