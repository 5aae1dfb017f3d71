package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// alike is the part of a result that is told by rosters. A row says [ROSTER, FIRST, COUNT,
// SAID...]: of COUNT objects of a roster in turn, from FIRST on, the same is said, of each
// by itself. In what is said an empty digest stands for the object's own document.
type alike struct {
	Rosters []Digest `json:"rosters"`
	Rows    [][]int  `json:"rows"`
	Said    []Detail `json:"said"`
}

// mostAlike bounds how many details a result may tell by rosters.
const mostAlike = 1 << 22

// telling parts the details of a result into what rosters name, and the rest.
type telling struct {
	rosters []*roster
	named   []int // the rosters that rows name, as the result counts them, or -1
	order   []*roster
	next    []int // where the next subject of a roster may stand
	said    []Detail
	known   map[saidKey]int
	row     []int // the last one, which the next subject may belong to
	rows    []byte
	these   []int // what is said of the subject at hand
	rest    []Detail
}

// saidKey is what makes two details say the same, each of its own subject.
type saidKey struct {
	verdict                                  Verdict
	container, sentence, field, value, cites string
}

// tell parts the details of a result. It reports false where they cannot be read again
// from parts as they are: where they are not in order.
func (t *telling) tell(r *Result, rosters []*roster) bool {
	t.begin(rosters)
	for from, to := 0, 0; from < len(r.Details); from = to {
		subject := &r.Details[from].Subject
		for to = from + 1; to < len(r.Details) && r.Details[to].Subject == *subject; to++ {
		}
		if from > 0 && r.Details[from-1].Subject.Compare(*subject) >= 0 {
			return false
		}
		if !t.subject(r.Details[from:to]) {
			t.rest = append(t.rest, r.Details[from:to]...)
		}
	}
	t.endRow()
	return len(t.rows) > 0
}

// begin makes room, that of the result before.
func (t *telling) begin(rosters []*roster) {
	clear(t.known)
	if t.known == nil {
		t.known, t.rest = map[saidKey]int{}, []Detail{}
	}
	t.rosters, t.named, t.next = rosters, slices.Repeat([]int{-1}, len(rosters)), make([]int, len(rosters))
	t.order, t.said, t.row, t.rows, t.rest = t.order[:0], t.said[:0], t.row[:0], t.rows[:0], t.rest[:0]
}

// subject tells what is said of one subject, if a roster has it.
func (t *telling) subject(details []Detail) bool {
	for n, one := range t.rosters {
		if one.kind != details[0].Subject.Of() {
			continue
		}
		at := one.find(&details[0].Subject, t.next[n])
		if at < 0 {
			return false
		}
		for i := range details { // an empty digest means the subject's own document
			if slices.Contains(details[i].Cites, Digest{}) {
				return false
			}
		}
		own := one.entries[at].Digest
		t.these = t.these[:0]
		for i := range details {
			t.these = append(t.these, t.saying(&details[i], own, i))
		}
		t.next[n] = at + 1
		t.add(n, at)
		return true
	}
	return false
}

// add adds the subject at hand to the last row, or begins another.
func (t *telling) add(n, at int) {
	if t.named[n] < 0 {
		t.named[n] = len(t.order)
		t.order = append(t.order, t.rosters[n])
	}
	if len(t.row) > 0 && t.row[0] == t.named[n] && t.row[1]+t.row[2] == at && slices.Equal(t.row[3:], t.these) {
		t.row[2]++
		return
	}
	t.endRow()
	t.row = append(append(t.row[:0], t.named[n], at, 1), t.these...)
}

func (t *telling) endRow() {
	for i, n := range t.row {
		separator := byte(',')
		if i == 0 {
			if len(t.rows) > 0 {
				t.rows = append(t.rows, ',')
			}
			separator = '['
		}
		t.rows = strconv.AppendInt(append(t.rows, separator), int64(n), 10)
	}
	if len(t.row) > 0 {
		t.rows = append(t.rows, ']')
	}
	t.row = t.row[:0]
}

// saying returns the number of what a detail says. It is mostly what was said of the
// subject before, in the same turn.
func (t *telling) saying(d *Detail, own Digest, turn int) int {
	if at := 3 + turn; at < len(t.row) && t.said[t.row[at]].saysOf(d, own) {
		return t.row[at]
	}
	// Most cite the subject's own document alone; other digests are never of three bytes.
	key := saidKey{d.Verdict, d.Container, d.Sentence, d.Field, string(d.Value), "own"}
	if len(d.Cites) != 1 || d.Cites[0] != own {
		key.cites = string(citedOf(d.Cites, own))
	}
	n, there := t.known[key]
	if !there {
		n = len(t.said)
		t.known[key] = n
		said := *d
		said.Subject, said.Cites = Ref{}, slices.Clone(d.Cites)
		for i := range said.Cites {
			if said.Cites[i] == own {
				said.Cites[i] = Digest{}
			}
		}
		t.said = append(t.said, said)
	}
	return n
}

// citedOf are the digests in one row, that of the own document being empty.
func citedOf(cites []Digest, own Digest) []byte {
	text := make([]byte, 0, len(cites)*len(own))
	for _, cited := range cites {
		if cited == own {
			cited = Digest{}
		}
		text = append(text, cited[:]...)
	}
	return text
}

// saysOf reports whether d says of a subject with its own document what s says.
func (s *Detail) saysOf(d *Detail, own Digest) bool {
	if s.Verdict != d.Verdict || s.Sentence != d.Sentence || s.Container != d.Container || s.Field != d.Field ||
		len(s.Cites) != len(d.Cites) || !bytes.Equal(s.Value, d.Value) {
		return false
	}
	for i, cited := range d.Cites {
		if cited == own {
			cited = Digest{}
		}
		if s.Cites[i] != cited {
			return false
		}
	}
	return true
}

// appendCanonical appends the canonical JSON of what was told, as alike is read.
func (t *telling) appendCanonical(b []byte, put func(Document) error) ([]byte, error) {
	b = append(b, `{"rosters":`...)
	for i, one := range t.order {
		digest, err := one.made(put)
		if err != nil {
			return nil, err
		}
		b = digest.appendCanonical(append(b, "[,"[min(i, 1)]))
	}
	b = append(append(append(b, `],"rows":[`...), t.rows...), `],"said":`...)
	for i := range t.said {
		var err error
		if b, err = t.said[i].appendSaid(append(b, "[,"[min(i, 1)]), nil); err != nil {
			return nil, err
		}
	}
	return append(b, `]}`...), nil
}

// ReadResult reads the canonical JSON of a result. The rosters that it names are read from
// documents, and must be those of the digests.
func ReadResult(body []byte, documents Documents) (Result, error) {
	var told struct {
		plainResult
		Alike *alike `json:"alike"`
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return Result{}, fmt.Errorf("read result: %w", err)
	}
	r := Result(told.plainResult)
	if told.Alike == nil {
		return r, nil
	}
	var rosters [][]Entry
	for _, digest := range told.Alike.Rosters {
		text, err := documents(digest)
		if err == nil && Sum(text) != digest {
			err = errors.New("it was changed")
		}
		var entries []Entry
		if err == nil {
			entries, err = ReadRoster(text)
		}
		if err != nil {
			return Result{}, fmt.Errorf("read result: roster %s: %w", digest.Short(), err)
		}
		rosters = append(rosters, entries)
	}
	alike, err := told.Alike.details(rosters)
	if err != nil {
		return Result{}, fmt.Errorf("read result: %w", err)
	}
	r.Details = inPlace(alike, r.Details)
	return r, nil
}

// plainResult is a Result as JSON has it, without rosters.
type plainResult Result

// errRosters says that a result cannot be read by itself.
var errRosters = errors.New("read result: its subjects are named by rosters, which stand beside it")

// UnmarshalJSON reads a result that is told detail by detail. One that is not is an error,
// as it would be read with details missing: ReadResult reads those.
func (r *Result) UnmarshalJSON(b []byte) error {
	var told struct {
		plainResult
		Alike json.RawMessage `json:"alike"`
	}
	if err := json.Unmarshal(b, &told); err != nil {
		return err
	}
	if told.Alike != nil {
		return errRosters
	}
	*r = Result(told.plainResult)
	return nil
}

// count returns how many details the rows tell, each of which must be possible.
func (a *alike) count(rosters [][]Entry) (details, cites int, err error) {
	ends := make([]int, len(rosters))
	for n, row := range a.Rows {
		if len(row) < 4 || row[0] < 0 || row[0] >= len(rosters) {
			return 0, 0, fmt.Errorf("row %d names no roster, or says nothing", n)
		}
		first, count, said := row[1], row[2], row[3:]
		if whole := len(rosters[row[0]]); first < ends[row[0]] || count < 1 || first > whole || count > whole-first {
			return 0, 0, fmt.Errorf("row %d is of no objects of its roster that come next", n)
		}
		ends[row[0]] = first + count
		for _, s := range said {
			if s < 0 || s >= len(a.Said) {
				return 0, 0, fmt.Errorf("row %d says what is not there", n)
			}
			cites += count * len(a.Said[s].Cites)
		}
		if details += count * len(said); details > mostAlike || cites > mostAlike*4 {
			return 0, 0, fmt.Errorf("more than %d details", mostAlike)
		}
	}
	return details, cites, nil
}

// details are the details that the rows tell.
func (a *alike) details(rosters [][]Entry) ([]Detail, error) {
	count, cites, err := a.count(rosters)
	if err != nil {
		return nil, err
	}
	all, cited := make([]Detail, 0, count), make([]Digest, 0, cites)
	for _, row := range a.Rows {
		for _, object := range rosters[row[0]][row[1] : row[1]+row[2]] {
			for _, n := range row[3:] {
				d := a.Said[n]
				from := len(cited)
				for _, c := range d.Cites {
					if c.IsZero() {
						c = object.Digest
					}
					cited = append(cited, c)
				}
				if d.Subject = object.Ref; len(d.Cites) > 0 {
					d.Cites = cited[from:len(cited):len(cited)]
				}
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// inPlace joins two parts of a result's details, of which no subject is in both, in the
// order of a result.
func inPlace(a, b []Detail) []Detail {
	all := make([]Detail, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0].Subject.Compare(b[0].Subject) < 0 {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return append(append(all, a...), b...)
}
