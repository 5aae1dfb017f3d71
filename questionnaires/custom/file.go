package custom

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine/sheet"
	"tickmark/questionnaires"
)

// Bounds of what includes may bring together.
const (
	maxFiles   = 100
	maxInclude = 50 // of one file
)

// File is a file of a questionnaire, and what people call it.
type File struct {
	Name string // as errors name it
	Text []byte
	// Same is one for all spellings of a file's path and for links to it; "" is the name.
	Same string
}

// id is what tells one file from another.
func (f File) id() string { return cmp.Or(f.Same, f.Name) }

// World is what a questionnaire may speak of.
type World struct {
	Standard *questionnaires.Catalogue // PCI's
	Checks   map[string]bool           // the ids of all checks
	// Find returns the file that a file includes: by a path beside itself, or by a code.
	// nil finds none.
	Find func(from, include string) (File, error)
}

// content is what a file says.
type content struct {
	Set     bool     `json:"set,omitempty"`
	Include []string `json:"include,omitempty"`
	questionnaires.Definition
}

// Read reads a questionnaire with all that it includes. What is wrong is in the errors,
// each with its file and line, file by file in the order in which they are included;
// the definition is then not to be used.
func Read(w World, f File) (questionnaires.Definition, sheet.Errors) {
	l := Lint(w, f)
	if len(l.Problems) == 0 && l.Set {
		return l.Definition, sheet.Errors{{Name: f.Name, Cause: "it is a set of questions, to be included; only a questionnaire can be answered"}}
	}
	return l.Definition, l.Problems
}

// Lint reads a questionnaire or a set of questions and returns what it found in it.
func Lint(w World, f File) Linted {
	r := &reading{World: w, places: map[questionnaires.RequirementID]place{}, done: map[string]int{}, names: map[string]int{}}
	d := r.file(f, nil)
	slices.SortStableFunc(r.wrong, func(a, b sheet.Error) int { return cmp.Or(r.names[a.Name]-r.names[b.Name], a.Line-b.Line) })
	return Linted{Definition: d, Set: r.set, Problems: r.wrong}
}

// Linted is what was read of a file, and all that is wrong with it.
type Linted struct {
	questionnaires.Definition
	Set      bool // of questions, to be included
	Problems sheet.Errors
}

// place is where a question or a section stands.
type place struct {
	file string
	line int
	nth  int // section
}

// reading is the composition of one questionnaire.
type reading struct {
	World
	wrong    sheet.Errors
	places   map[questionnaires.RequirementID]place // of questions by id, of sections by number
	done     map[string]int                         // files that were read, by what they are, in their order
	names    map[string]int                         // the same by their names
	set      bool                                   // the first file is one
	sections int
	asked    int
}

// file reads one file and what it includes. Path are the files that lead to it.
func (r *reading) file(f File, path []File) questionnaires.Definition {
	r.done[f.id()] = len(r.done) + 1
	r.names[f.Name] = len(r.done)
	var c content
	lines, err := sheet.Read(f.Name, f.Text, &c)
	c.tidy()
	var unread sheet.Errors
	if err != nil && !errors.As(err, &unread) {
		unread = sheet.Errors{{Name: f.Name, Cause: err.Error()}}
	}
	r.wrong = append(r.wrong, unread...)
	if len(unread) > 0 && lines.Line("") == 0 {
		return c.Definition // nothing of it could be read
	}
	first := len(path) == 0
	if first {
		r.set = c.Set
	}
	for _, fault := range r.faults(c, first) {
		r.report(lines, unread, fault.Path, fault.Cause)
	}
	own := c.Sections
	c.Sections = r.included(f, c.Include, append(slices.Clone(path), f), lines)
	for i, s := range own {
		r.section(f.Name, lines, i, s)
	}
	c.Sections = append(c.Sections, own...)
	if first && c.Questions() == 0 && len(r.wrong) == 0 {
		r.report(lines, nil, "sections", "it asks nothing")
	}
	return c.Definition
}

// faults are what is wrong with a file by itself. Of an included one the head plays no
// part but for its code.
func (r *reading) faults(c content, first bool) []questionnaires.Fault {
	var all []questionnaires.Fault
	switch {
	case first && !c.Set:
		all = c.HeadFaults(r.Standard)
	case c.Code != "":
		all = c.CodeFaults(r.Standard)
	}
	if len(c.Include) > maxInclude {
		all = append(all, questionnaires.Fault{Path: "include", Cause: fmt.Sprintf("%d includes, at most %d are read", len(c.Include), maxInclude)})
	}
	return append(all, c.SectionFaults(r.Standard, r.Checks)...)
}

// report keeps what is wrong at a place, unless the place could not be read anyway.
func (r *reading) report(lines sheet.Lines, unread sheet.Errors, at, cause string) {
	within := func(e sheet.Error) bool {
		return e.Path == at || e.Path != "" && strings.HasPrefix(at, e.Path) && strings.HasPrefix(e.Cause, "want ")
	}
	if slices.ContainsFunc(unread, within) {
		return
	}
	e := lines.Error(at, cause)
	e.Line = max(e.Line, 1) // of an empty file
	r.wrong = append(r.wrong, e)
}

// included reads what a file includes.
func (r *reading) included(f File, include []string, path []File, lines sheet.Lines) []questionnaires.DefinedSection {
	var all []questionnaires.DefinedSection
	for i, name := range include[:min(len(include), maxInclude)] {
		at := fmt.Sprintf("include[%d]", i)
		found, err := r.find(f.Name, name)
		again := slices.IndexFunc(path, func(o File) bool { return o.id() == found.id() })
		switch {
		case err != nil:
			r.report(lines, nil, at, err.Error())
		case again >= 0:
			r.report(lines, nil, at, circle(path[again:]))
		case r.done[found.id()] > 0: // it is here already
		case len(r.done) >= maxFiles:
			r.report(lines, nil, at, fmt.Sprintf("more than %d files are included", maxFiles))
			return all
		default:
			all = append(all, r.file(found, path).Sections...)
		}
	}
	return all
}

// circle says how files include each other, by the names they were first read by.
func circle(files []File) string {
	names := make([]string, 0, len(files)+1)
	for _, f := range append(slices.Clone(files), files[0]) {
		names = append(names, f.Name)
	}
	return "a circle of includes: " + strings.Join(names, " includes ")
}

func (r *reading) find(from, name string) (File, error) {
	switch {
	case name == "":
		return File{}, errors.New("it names nothing")
	case r.Standard.Holds(name):
		return File{}, fmt.Errorf("%s is a form of PCI DSS; name its requirements under informs", name)
	case r.Find == nil:
		return File{}, errors.New("nothing can be included here")
	}
	return r.Find(from, name)
}

// section keeps where its questions stand, and reports what stands twice.
func (r *reading) section(file string, lines sheet.Lines, i int, s questionnaires.DefinedSection) {
	r.sections++
	for j, q := range s.Questions {
		at := fmt.Sprintf("sections[%d].questions[%d].id", i, j)
		if r.asked++; r.asked == questionnaires.MaxQuestions+1 {
			r.report(lines, nil, at, fmt.Sprintf("more than %d questions", questionnaires.MaxQuestions))
		}
		if !q.ID.Own() || q.ID == q.ID.Principal() {
			continue
		}
		here := place{file, lines.Line(at), r.sections}
		if before, twice := r.places[q.ID]; twice {
			r.report(lines, nil, at, fmt.Sprintf("%s stands already at %s:%d", q.ID, before.file, before.line))
			continue
		}
		number := q.ID.Principal()
		if before, taken := r.places[number]; taken && before.nth != r.sections {
			r.report(lines, nil, at, fmt.Sprintf("%s is the number of the section at %s:%d", number, before.file, before.line))
		} else if !taken {
			r.places[number] = place{file, lines.Line(fmt.Sprintf("sections[%d]", i)), r.sections}
		}
		r.places[q.ID] = here
	}
}

// tidy takes away the space around texts, which YAML leaves behind them.
func (c *content) tidy() {
	trim := func(texts ...*string) {
		for _, t := range texts {
			*t = strings.TrimSpace(*t)
		}
	}
	trim(&c.Code, &c.Title, &c.Revision)
	for i := range c.Include {
		trim(&c.Include[i])
	}
	for i := range c.Sections {
		s := &c.Sections[i]
		trim(&s.Title)
		for j := range s.Questions {
			q := &s.Questions[j]
			trim(&q.Title, &q.Question, &q.Evidence, &q.Frequency)
			for k := range q.Checks {
				trim(&q.Checks[k].ID, &q.Checks[k].Part)
			}
		}
	}
}
