package engine

import (
	"slices"
)

// memory is what a View knows of what it has made: each thing with everything that was
// read to make it. In the next run of an Evaluation a thing is good for as long as none
// of that is another one. What is read is noted by the View itself, and nobody has to
// say it: a check or an analysis sees the world through its View alone.
type memory struct {
	run      int // counts the snapshots that the View has shown
	listings map[Kind]*listing
	sights   map[Kind]*sight
	clock    input
	things   map[any]*thing
	passing  map[any]*thing // things of this run alone, while a custom check runs; else nil
	reader   *reader        // who reads now; nil is nobody who has to know
	apart    *Subjects      // of the check that judges now
	asked    *asked         // what of them it is asked about; nil is all
	compared map[[2]*Subject]*asked
}

func newMemory() memory {
	return memory{run: 1, listings: map[Kind]*listing{}, sights: map[Kind]*sight{}, things: map[any]*thing{}, compared: map[[2]*Subject]*asked{}}
}

// source is what can be read, and be another one in the next run.
type source interface {
	// lastChange brings the source up to date, and returns the run from which on it has
	// been as it is.
	lastChange(v *View) int
}

// input is a source that moves when the View goes on to another snapshot.
type input struct{ changed int }

func (i *input) lastChange(*View) int { return i.changed }

// listing is the objects of one kind. An object that is the same document under the same
// Ref is the same *Object in the next run.
type listing struct {
	input
	objects []*Object
}

// sight is what can be said of the completeness of one kind.
type sight struct {
	input
	saw, hidden bool
}

// thing is what was made of what was read.
type thing struct {
	value            any
	reads            []source
	changed, checked int
	// again makes it anew; nil where only who asked for it can. same says that it came
	// out as it was, so that what was made of it stands.
	again func(v *View, before any) (value any, same bool)
	stale bool // something that was read is another one, and it was not made anew
}

func (t *thing) lastChange(v *View) int {
	v.renew(t)
	return t.changed
}

// listingOf returns what there is of a kind.
func (v *View) listingOf(k Kind) *listing {
	l, is := v.listings[k]
	if !is {
		l = &listing{input: input{v.run}, objects: []*Object{}}
		for _, e := range v.entriesOf(k) {
			if o := v.take(e); o != nil {
				l.objects = append(l.objects, o)
			}
		}
		v.listings[k] = l
	}
	return l
}

// sightOf returns how completely a kind was seen.
func (v *View) sightOf(k Kind) *sight {
	s, is := v.sights[k]
	if !is {
		s = &sight{input{v.run}, v.snapshot.Saw(k), v.snapshot.hides(k)}
		v.sights[k] = s
	}
	return s
}

// goOn shows the next snapshot of the same target.
func (v *View) goOn(s *Snapshot, documents Documents, params Params) {
	v.run++
	if params.Now != v.params.Now { // in another zone it may be written in another way
		v.clock.changed = v.run
	}
	v.snapshot, v.documents, v.params, v.entries, v.gaps = s, documents, params, nil, nil
	clear(v.compared)
	for k, l := range v.listings {
		if objects, moved := v.relist(l.objects, v.entriesOf(k)); moved {
			l.objects, l.changed = objects, v.run
		}
	}
	for k, seen := range v.sights {
		if saw, hidden := s.Saw(k), s.hides(k); saw != seen.saw || hidden != seen.hidden {
			seen.saw, seen.hidden, seen.changed = saw, hidden, v.run
		}
	}
}

// relist returns the objects of entries, those of before where they are among them, and
// whether anything is another one.
func (v *View) relist(before []*Object, entries []Entry) (objects []*Object, moved bool) {
	is := func(o *Object, e Entry) bool { return o.Digest == e.Digest && o.Ref == e.Ref }
	at := 0
	for at < len(before) && at < len(entries) && is(before[at], entries[at]) {
		at++
	}
	if at == len(before) && at == len(entries) {
		return before, false
	}
	objects = append(make([]*Object, 0, len(entries)), before[:at]...)
	known := at
	for _, e := range entries[at:] {
		for known < len(before) && !is(before[known], e) && before[known].Ref.Compare(e.Ref) < 0 {
			known++
		}
		if known < len(before) && is(before[known], e) {
			objects = append(objects, before[known])
			known++
		} else if o := v.take(e); o != nil {
			objects = append(objects, o)
		}
	}
	return objects, true
}

// reader notes what is read while something is made.
type reader struct {
	met   map[source]bool
	reads []source
	last  source
}

// read notes that whoever reads now has read s.
func (v *View) read(s source) {
	r := v.reader
	if r == nil || r.last == s {
		return
	}
	r.last = s
	if r.met == nil {
		r.met = map[source]bool{}
	}
	if !r.met[s] {
		r.met[s] = true
		r.reads = append(r.reads, s)
	}
}

// noting runs f and returns what was read in it.
func (v *View) noting(f func()) []source {
	r, outer := &reader{}, v.reader
	v.reader = r
	defer func() { v.reader = outer }()
	f()
	return r.reads
}

// unnoted runs f, and nobody has to know what is read in it.
func (v *View) unnoted(f func()) {
	outer := v.reader
	v.reader = nil
	defer func() { v.reader = outer }()
	f()
}

// stands reports whether nothing of what was read up to a run is another one now.
func (v *View) stands(reads []source, since int) bool {
	return !slices.ContainsFunc(reads, func(s source) bool { return s.lastChange(v) > since })
}

// renew brings a thing up to date, if it can be made anew without who asked for it.
func (v *View) renew(t *thing) {
	if t.checked == v.run || t.stale {
		return
	}
	if v.stands(t.reads, t.checked) {
		t.checked = v.run
		return
	}
	if t.again == nil {
		t.stale, t.changed, t.checked = true, v.run, v.run
		return
	}
	v.remake(t)
}

func (v *View) remake(t *thing) {
	same := false
	t.reads = v.noting(func() { t.value, same = t.again(v, t.value) })
	t.stale, t.checked = false, v.run
	if !same {
		t.changed = v.run
	}
}

// known returns the thing of a key, up to date, and whether it is there at all.
func (v *View) known(key any) (*thing, bool) {
	t, is := v.passing[key]
	if !is {
		t, is = v.things[key]
	}
	if is {
		v.renew(t)
	}
	return t, is
}

// keep keeps a new thing: for the next run too, unless it is for a custom check.
func (v *View) keep(key any, t *thing) {
	if v.passing != nil {
		v.passing[key] = t
		return
	}
	v.things[key] = t
}

// made returns what again makes for key: at most once in a run, and not in a run in which
// nothing of what it reads is another one. It is given what it made before.
func made[T any](v *View, key any, again func(v *View, before T) (T, bool)) T {
	t, is := v.known(key)
	if !is {
		t = &thing{again: func(v *View, before any) (any, bool) {
			old, _ := before.(T)
			return again(v, old)
		}}
		v.remake(t)
		v.keep(key, t)
	}
	v.read(t)
	return t.value.(T)
}

// Memo returns what build made for key, building it at most once per View. Keys
// are of a type of the caller's own, as with context values.
func Memo[T any](v *View, key any, build func() T) T {
	t, is := v.known(key)
	if !is || t.stale {
		var value T
		reads := v.noting(func() { value = build() })
		if !is {
			t = &thing{}
			v.keep(key, t)
		}
		*t = thing{value: value, reads: reads, changed: v.run, checked: v.run}
	}
	v.read(t)
	return t.value.(T)
}

// Extract is what is taken out of each object of a kind by itself. It is taken once from
// an object, however often its target is evaluated.
type Extract[T, D any] struct {
	take func(Typed[T]) D
	same func(a, b D) bool
}

// NewExtract returns an Extract for a package's variable: what take says hangs on the
// object alone. With same, who reads the Extract is not asked again where an object is
// another one and what is taken out of it the same, which then must not hold its digest
// or anything else that same does not compare.
func NewExtract[T, D any](take func(Typed[T]) D, same func(a, b D) bool) *Extract[T, D] {
	return &Extract[T, D]{take, same}
}

// extracted is what was taken out of the objects of one kind.
type extracted[D any] struct {
	from   []*Object
	values []D
}

// Of returns what is taken out of the objects of kind k, in the order of All.
func (e *Extract[T, D]) Of(v *View, k Kind) []D {
	type key struct {
		of   *Extract[T, D]
		kind Kind
	}
	return made(v, key{e, k}, func(v *View, before *extracted[D]) (*extracted[D], bool) {
		all := All[T](v, k)
		now := &extracted[D]{make([]*Object, len(all)), make([]D, len(all))}
		if before == nil {
			before = &extracted[D]{}
		}
		same, known := e.same != nil && len(before.from) == len(all), 0
		for i, o := range all {
			now.from[i] = o.Object
			for known < len(before.from) && before.from[known] != o.Object && before.from[known].Ref.Compare(o.Ref) < 0 {
				known++
				same = false
			}
			if known < len(before.from) && before.from[known] == o.Object {
				now.values[i] = before.values[known]
				known++
				continue
			}
			now.values[i] = e.take(o)
			if same = same && known < len(before.from) && before.from[known].Ref == o.Ref && e.same(before.values[known], now.values[i]); same {
				known++
			}
		}
		return now, same
	}).values
}

// Survey is what is made of many objects: an analysis of the whole cluster, or a part of
// one that stands for what others are made of.
type Survey[T any] struct {
	build func(v *View, before T) T
	same  func(a, b T) bool
}

// NewSurvey returns a Survey for a package's variable. Build is given what it made
// before, of which it may take what stands; it says the same without. With same, who
// reads it is not asked again where it was made anew and came out as it was; what same
// does not compare must not be looked at.
func NewSurvey[T any](build func(v *View, before T) T, same func(a, b T) bool) *Survey[T] {
	return &Survey[T]{build, same}
}

// Of returns the survey of a view, made at most once.
func (s *Survey[T]) Of(v *View) T {
	return made(v, s, func(v *View, before T) (T, bool) {
		now := s.build(v, before)
		return now, s.same != nil && s.same(before, now)
	})
}
