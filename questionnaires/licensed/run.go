package licensed

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"

	"tickmark/questionnaires"
)

// MaxRun is how many words in a row our own text may share with the standard's.
const MaxRun = 8

// Run is a run of words that a place of ours has in common with the standard's text.
type Run struct {
	Requirement questionnaires.RequirementID `json:"requirement"` // whose licensed text it is
	Place       string                       `json:"place"`       // of ours
	Words       int                          `json:"words"`
	Text        string                       `json:"text"` // the run, as our place has it
}

// gram is how many tokens are looked up at once: the least that is too much.
const gram = MaxRun + 1

// token is a word, in small letters and without punctuation.
type token struct {
	text   string
	joined bool // by a hyphen to the one before: together they are one word
}

// passage is a text as tokens.
type passage struct {
	requirement questionnaires.RequirementID
	place       string
	tokens      []token
}

// CommonRuns returns every run of more than eight words that ours have in common with
// the standard's text, the longest of each, place by place. Case, punctuation,
// hyphens and line breaks make no difference; a word with hyphens counts as one.
func CommonRuns(t Text, ours []questionnaires.Wording) []Run {
	var all []Run
	// Hyphens part words here and join them there, so each text is read both ways.
	for _, whole := range []bool{false, true} {
		index := newIndex(t, whole)
		for _, w := range ours {
			for _, r := range index.runs(passage{place: w.Place, tokens: tokens(w.Text, whole)}) {
				same := func(o Run) bool {
					return o.Requirement == r.Requirement && o.Place == r.Place && overlap(o.Text, r.Text)
				}
				if !slices.ContainsFunc(all, same) {
					all = append(all, r)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Run) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), a.Requirement.Compare(b.Requirement), cmp.Compare(a.Text, b.Text))
	})
	return all
}

// overlap reports whether one run is part of the other, hyphens aside.
func overlap(a, b string) bool {
	a, b = strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", "")
	a, b = strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", "")
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// ligatures are how files that were made of printed pages write some letters.
var ligatures = strings.NewReplacer("\uFB00", "ff", "\uFB01", "fi", "\uFB02", "fl", "\uFB03", "ffi", "\uFB04", "ffl", "\r", "\n")

// tokens reads a text. Whole joins what hyphens part, those at the end of a line too.
func tokens(text string, whole bool) []token {
	var all []token
	var word strings.Builder
	joined, hyphen := false, false // the word is joined to the one before; a hyphen stands after it
	end := func() {
		if word.Len() > 0 {
			all = append(all, token{word.String(), joined})
			joined = false
		}
		word.Reset()
	}
	letters := []rune(ligatures.Replace(strings.ToLower(text)))
	for i, c := range letters {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if hyphen && !whole && word.Len() > 0 {
				end()
				joined = true
			}
			hyphen = false
			word.WriteRune(c)
		case c == '\u00AD' || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Mn, c) || c == '\'' || c == '\u2019' || c == '\u02BC':
			// soft hyphens, marks and apostrophes part no words
		case word.Len() > 0 && isHyphen(c) && !hyphen && goesOn(letters[i+1:]):
			hyphen = true
		case hyphen && unicode.IsSpace(c):
			// a word that was broken at the end of its line
		default:
			end()
			hyphen, joined = false, false
		}
	}
	end()
	return all
}

func isHyphen(c rune) bool { return c == '-' || c == '\u2010' || c == '\u2011' }

// goesOn reports whether a word goes on after a hyphen: at once, or on the next line.
func goesOn(after []rune) bool {
	broken := false
	for i, c := range after {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			return i == 0 || broken
		case c == '\n':
			broken = true
		case !unicode.IsSpace(c):
			return false
		}
	}
	return false
}

// index knows where each gram of the standard's text stands.
type index struct {
	whole    bool
	seed     maphash.Seed
	passages []passage
	at       map[uint64][]position
}

type position struct{ passage, token int }

// mostAlike bounds how often one gram is looked at: texts that repeat themselves shall
// cost no more than they are long.
const mostAlike = 64

func newIndex(t Text, whole bool) *index {
	x := &index{whole: whole, seed: maphash.MakeSeed(), at: map[uint64][]position{}}
	for _, r := range t.Requirements {
		for _, text := range []string{r.Text, r.Testing, r.Guidance} {
			p := passage{requirement: r.ID, tokens: tokens(text, whole)}
			x.passages = append(x.passages, p)
			for i := 0; i+gram <= len(p.tokens); i++ {
				key := x.hash(p.tokens[i : i+gram])
				if len(x.at[key]) < mostAlike {
					x.at[key] = append(x.at[key], position{len(x.passages) - 1, i})
				}
			}
		}
	}
	return x
}

func (x *index) hash(tokens []token) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	for _, t := range tokens {
		_, _ = h.WriteString(t.text)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}

// runs finds what a passage of ours has in common with the standard's, per requirement
// the longest that begins at a place.
func (x *index) runs(ours passage) []Run {
	var all []Run
	covered := map[questionnaires.RequirementID]int{} // up to which of our tokens a run was told
	for i := 0; i+gram <= len(ours.tokens); i++ {
		best := map[questionnaires.RequirementID]Run{}
		ends := map[questionnaires.RequirementID]int{}
		for _, at := range x.at[x.hash(ours.tokens[i:i+gram])] {
			theirs := x.passages[at.passage]
			if i < covered[theirs.requirement] {
				continue
			}
			n := common(ours.tokens[i:], theirs.tokens[at.token:])
			counted := min(words(ours.tokens[i:i+n]), words(theirs.tokens[at.token:at.token+n]))
			if counted > MaxRun && counted > best[theirs.requirement].Words {
				best[theirs.requirement] = Run{theirs.requirement, ours.place, counted, spelled(ours.tokens[i : i+n])}
				ends[theirs.requirement] = i + n
			}
		}
		for id, r := range best {
			all = append(all, r)
			covered[id] = ends[id]
		}
	}
	return all
}

// common is how many tokens two texts begin with alike.
func common(a, b []token) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].text == b[n].text {
		n++
	}
	return n
}

// words counts tokens, those that a hyphen joins once.
func words(tokens []token) int {
	n := 0
	for i, t := range tokens {
		if i == 0 || !t.joined {
			n++
		}
	}
	return n
}

func spelled(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(" -"[map[bool]int{true: 1}[t.joined]])
		}
		b.WriteString(t.text)
	}
	return b.String()
}
