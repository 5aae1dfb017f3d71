package licensed

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tickmark/questionnaires"
)

// Bounds of a licensed text, in bytes.
const (
	MaxSize = 16 << 20
	maxText = 64 << 10 // of one requirement's texts each
	maxRows = 20000
)

// Requirement is what the standard says of one requirement.
type Requirement struct {
	ID       questionnaires.RequirementID `json:"id"`
	Text     string                       `json:"text"`
	Testing  string                       `json:"testing,omitempty"`
	Guidance string                       `json:"guidance,omitempty"`
}

// Text is what was read of a file. It is stored as JSON.
type Text struct {
	Requirements []Requirement `json:"requirements"` // in order, each once
}

// Of returns what the text says of a requirement.
func (t Text) Of(id questionnaires.RequirementID) (Requirement, bool) {
	i, found := slices.BinarySearchFunc(t.Requirements, id, func(r Requirement, id questionnaires.RequirementID) int { return r.ID.Compare(id) })
	if !found {
		return Requirement{}, false
	}
	return t.Requirements[i], true
}

// Loaded is a text with what was left out of it.
type Loaded struct {
	Text
	Unknown  []string // ids that are no requirements
	Headings int      // rows of what stands above requirements, such as 1.2
}

// Read reads a text of the standard from a file: JSON if it begins like that, else CSV.
func Read(standard *questionnaires.Catalogue, data []byte) (Loaded, error) {
	data = []byte(strings.TrimPrefix(string(data), "\uFEFF"))
	switch {
	case len(data) > MaxSize:
		return Loaded{}, fmt.Errorf("larger than %d MiB", MaxSize>>20)
	case !utf8.Valid(data):
		return Loaded{}, errors.New("it is not UTF-8; save it as UTF-8")
	}
	read := readCSV
	if text := strings.TrimSpace(string(data)); text == "" {
		return Loaded{}, errors.New("it is empty")
	} else if text[0] == '{' || text[0] == '[' {
		read = readJSON
	}
	rows, err := read(data)
	if err != nil {
		return Loaded{}, err
	}
	return collect(standard, rows)
}

// collect brings the rows of each requirement together.
func collect(standard *questionnaires.Catalogue, rows []row) (Loaded, error) {
	var l Loaded
	byID := map[questionnaires.RequirementID]*Requirement{}
	lines := map[questionnaires.RequirementID]int{}
	for _, r := range rows {
		said := r.said()
		if r.id() == "" {
			if said == (Requirement{}) {
				continue
			}
			return l, fmt.Errorf("line %d: a text without the id of its requirement", r.line)
		}
		id, procedure := parseID(r.id())
		_, known := standard.Requirement(id)
		switch {
		case !known && !id.IsZero() && slices.ContainsFunc(standard.Requirements(), func(o questionnaires.Requirement) bool { return id.Covers(o.ID) }):
			l.Headings++
			continue
		case !known:
			if !slices.Contains(l.Unknown, r.id()) {
				l.Unknown = append(l.Unknown, r.id())
			}
			continue
		}
		if procedure { // its text is how the requirement is tested
			said.Text, said.Testing = "", strings.TrimSpace(r.id()+" "+said.Text+"\n"+said.Testing)
		}
		at := byID[id]
		if at == nil {
			at = &Requirement{ID: id}
			byID[id], lines[id] = at, r.line
		}
		if at.Text != "" && said.Text != "" && at.Text != said.Text {
			return l, fmt.Errorf("line %d: %s has a text already, from line %d", r.line, id, lines[id])
		}
		at.Text = cmp.Or(at.Text, said.Text)
		at.Testing, at.Guidance = join(at.Testing, said.Testing), join(at.Guidance, said.Guidance)
		if len(at.Text) > maxText || len(at.Testing) > maxText || len(at.Guidance) > maxText {
			return l, fmt.Errorf("line %d: what is said of %s is longer than %d bytes", r.line, id, maxText)
		}
	}
	for _, r := range standard.Requirements() {
		if at := byID[r.ID]; at != nil && at.Text+at.Testing+at.Guidance != "" {
			l.Requirements = append(l.Requirements, *at)
		}
	}
	if len(l.Requirements) == 0 {
		return l, errors.New("it holds no text of a requirement")
	}
	return l, nil
}

func join(text, more string) string {
	if more == "" || more == text || strings.HasPrefix(text, more+"\n") || strings.HasSuffix(text, "\n"+more) {
		return text
	}
	return strings.TrimSpace(text + "\n" + more)
}

// idForm is how files write the id of a requirement, or of one of its procedures.
var idForm = regexp.MustCompile(`(?i)^(?:pci(?: dss)? )?(?:requirement |req\.? ?|appendix )?(a?[0-9]+(?:\.[0-9]+)*)(\.?[a-z])?[.:]?$`)

// parseID reads an id as files write it: Requirement 1.2.1, 1.2.1., 1.2.1.a. It is the
// zero id of what is none.
func parseID(text string) (id questionnaires.RequirementID, procedure bool) {
	m := idForm.FindStringSubmatch(text)
	if m == nil {
		return id, false
	}
	id, err := questionnaires.ParseRequirementID(strings.ToUpper(m[1]))
	if err != nil {
		return questionnaires.RequirementID{}, false
	}
	return id, m[2] != ""
}

// said is what a row says, without its id.
func (r row) said() Requirement {
	return Requirement{Text: clean(r.parts[textPart]), Testing: clean(r.parts[testingPart]), Guidance: clean(r.parts[guidancePart])}
}

// maxID bounds what is told of an id that is none, in bytes.
const maxID = 100

func (r row) id() string {
	text := strings.Join(strings.Fields(clean(r.parts[idPart])), " ")
	if len(text) > maxID {
		text = strings.ToValidUTF8(text[:maxID], "")
	}
	return text
}

// clean leaves line feeds and what can be read.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '\n':
			return c
		case unicode.IsSpace(c):
			return ' '
		case unicode.In(c, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co), c == utf8.RuneError:
			return -1
		}
		return c
	}, text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
