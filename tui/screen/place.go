package screen

import (
	"slices"
	"strings"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// placeKind is how a place of a form is filled in.
type placeKind int

const (
	lineKind placeKind = iota
	longKind
	dayKind
	choiceKind  // one of the options
	severalKind // some of the options; its text is their values with spaces between
	switchKind  // yes or nothing
	opensKind   // a form or a list of its own
)

// option is what may be chosen for a place.
type option struct {
	value string // "" takes the choice back
	text  string
	about string
}

// place is one thing that a form asks for, as it stands.
type place struct {
	label   string // and its name among the form's
	help    string
	kind    placeKind
	text    string
	needed  bool
	lacks   int // what is missing inside of it
	options []option
	short   func(value string) string // an option for a line of several, if not its text
	rule    func(text string) rule    // of what the vault keeps place by place
	put     func(text string) error   // of what is kept only as a whole
	open    func() Screen
}

const yes = "yes"

// values are what is chosen of several.
func (p place) values() []string { return strings.Fields(p.text) }

// says is what stands in a place, in words.
func (p place) says(text string) string {
	p.text = text
	switch p.kind {
	case choiceKind:
		return p.optionText(text)
	case severalKind:
		texts := p.values()
		for i, value := range texts {
			if texts[i] = p.optionText(value); p.short != nil {
				texts[i] = p.short(value)
			}
		}
		return strings.Join(texts, ", ")
	case lineKind, longKind, dayKind, switchKind, opensKind:
	}
	return text
}

func (p place) optionText(value string) string {
	i := slices.IndexFunc(p.options, func(o option) bool { return o.value == value })
	if i < 0 || value == "" {
		return value
	}
	return p.options[i].text
}

// sign is the state of a place, given what it holds and whether the vault has that.
func (p place) sign(text string, unsaved bool) sign {
	empty := strings.TrimSpace(text) == ""
	switch {
	case unsaved:
		return sign{"●", "not saved", theme.Warning}
	case p.lacks > 0:
		return sign{"!", count(p.lacks, "missing", "missing"), theme.Warning}
	case empty && p.needed:
		return sign{"!", "missing", theme.Warning}
	case empty:
		return sign{"·", "empty", theme.Muted}
	}
	return sign{"✓", "filled", theme.Good}
}

// missing is how much a form's places lack.
func missing(places []place) int {
	n := 0
	for _, p := range places {
		if n += p.lacks; p.lacks == 0 && p.needed && strings.TrimSpace(p.text) == "" {
			n++
		}
	}
	return n
}

// subject is something that forms fill in: as a picture shows it, as an assessment
// has it, and the rule that keeps it. Every place is kept by itself.
type subject[T any] struct {
	shown func(*Picture) T
	of    func(*questionnaires.Assessment) (T, error)
	keep  func(*questionnaires.Assessment, T) (questionnaires.Draft, error)
}

// blank is a place of a form about a T.
type blank[T any] struct {
	place
	get  func(*T) string
	set  func(*T, string) error
	lack func(*T) int
	open func(*Desk, subject[T]) Screen
}

// places are the blanks as they stand in a picture.
func (s subject[T]) places(d *Desk, blanks []blank[T]) []place {
	value := s.shown(d.picture)
	places := make([]place, len(blanks))
	for i, b := range blanks {
		p := b.place
		p.text = b.get(&value)
		if b.lack != nil {
			p.lacks = b.lack(&value)
		}
		p.rule = func(text string) rule {
			return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
				value, err := s.of(a)
				if err == nil {
					err = b.set(&value, text)
				}
				if err != nil {
					return questionnaires.Draft{}, err
				}
				return s.keep(a, value)
			}
		}
		if b.open != nil {
			p.open = func() Screen { return b.open(d, s) }
		}
		places[i] = p
	}
	return places
}

// lacking is how much of a value its blanks miss.
func lacking[T any](value *T, blanks []blank[T]) int {
	n := 0
	for _, b := range blanks {
		p := b.place
		if p.text = b.get(value); b.lack != nil {
			p.lacks = b.lack(value)
		}
		n += missing([]place{p})
	}
	return n
}

// within is the subject that is a part of another.
func within[T, R any](s subject[T], part func(*T) *R) subject[R] {
	return subject[R]{
		shown: func(p *Picture) R { value := s.shown(p); return *part(&value) },
		of: func(a *questionnaires.Assessment) (R, error) {
			value, err := s.of(a)
			return *part(&value), err
		},
		keep: func(a *questionnaires.Assessment, r R) (questionnaires.Draft, error) {
			value, err := s.of(a)
			if err != nil {
				return questionnaires.Draft{}, err
			}
			*part(&value) = r
			return s.keep(a, value)
		},
	}
}

// element is the i-th of a list: a new one where the list ends before it.
func element[R any](list *[]R, i int) *R {
	for len(*list) <= i {
		var empty R
		*list = append(*list, empty)
	}
	return &(*list)[i]
}

// line, long, day, either and some are blanks of a T's fields.
func line[T any](label, help string, needed bool, at func(*T) *string) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: lineKind, needed: needed},
		get:   func(t *T) string { return *at(t) },
		set:   func(t *T, text string) error { *at(t) = text; return nil },
	}
}

func long[T any](label, help string, needed bool, at func(*T) *string) blank[T] {
	b := line(label, help, needed, at)
	b.kind = longKind
	return b
}

func day[T any](label, help string, needed bool, at func(*T) *questionnaires.Day) blank[T] {
	return blank[T]{
		place: place{label: label, help: help + " A day such as 2026-12-31.", kind: dayKind, needed: needed},
		get:   func(t *T) string { return string(*at(t)) },
		set: func(t *T, text string) error {
			var d questionnaires.Day
			err := d.UnmarshalText([]byte(strings.TrimSpace(text)))
			*at(t) = d
			return err
		},
	}
}

func either[T any](label, help string, needed bool, at func(*T) *bool) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: switchKind, needed: needed},
		get: func(t *T) string {
			if *at(t) {
				return yes
			}
			return ""
		},
		set: func(t *T, text string) error { *at(t) = text == yes; return nil },
	}
}

// choice is a blank of which one of several options is chosen.
func choice[T any](label, help string, needed bool, options []option, get func(*T) string, set func(*T, string) error) blank[T] {
	return blank[T]{place: place{label: label, help: help, kind: choiceKind, needed: needed, options: options}, get: get, set: set}
}

// several is a blank of which some options are chosen.
func several[T, V any](label, help string, needed bool, options []option, at func(*T) *[]V, write func(V) string, read func(string) (V, error)) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: severalKind, needed: needed, options: options},
		get: func(t *T) string {
			texts := make([]string, len(*at(t)))
			for i, v := range *at(t) {
				texts[i] = write(v)
			}
			return strings.Join(texts, " ")
		},
		set: func(t *T, text string) error {
			var all []V
			for _, value := range strings.Fields(text) {
				v, err := read(value)
				if err != nil {
					return err
				}
				all = append(all, v)
			}
			*at(t) = all
			return nil
		},
	}
}
