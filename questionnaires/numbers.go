package questionnaires

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tickmark/engine"
)

// maxNumber bounds what is believed of a number that an entry carries.
const maxNumber = 1 << 30

// shortestSuffix is how many digits of an id a suffix has at least.
const shortestSuffix = 4

// PrintedReport is the payload of the side log's entry for a printed or a signed
// report.
type PrintedReport struct {
	Kind        string        `json:"kind"`
	Head        engine.Digest `json:"head"`
	Base        engine.Digest `json:"base"` // of the PDF before signing
	File        engine.Digest `json:"file"` // of the file as written
	Name        string        `json:"name"`
	Certificate string        `json:"certificate,omitempty"`
	// Evidence are the numbers that stand in the report. From a signed one on they
	// never move.
	Evidence []PrintedNumber `json:"evidence,omitempty"`
	// Samples are those of sample sets.
	Samples []PrintedNumber `json:"samples,omitempty"`
}

// PrintedNumber is the number that a report gave an item of evidence.
type PrintedNumber struct {
	ID     ID  `json:"id"`
	Number int `json:"number"`
}

// label is a number as people write it: Evidence-7, Req-12. Where two things were
// printed with one number before they met, the beginning of the id follows:
// Evidence-7-3f2a.
func label(what string, number int, suffix string) string {
	name := what + "-" + strconv.Itoa(number)
	if suffix != "" {
		name += "-" + suffix
	}
	return name
}

func aliasLabels(what string, aliases []int) []string {
	labels := make([]string, len(aliases))
	for i, number := range aliases {
		labels[i] = label(what, number, "")
	}
	return labels
}

// Label is the number as people write it, such as Evidence-7, Doc-3 or Int-2.
func (e Evidence) Label() string { return label(e.Kind.Series(), e.Number, e.Suffix) }

// AliasLabels are the labels of its other numbers.
func (e Evidence) AliasLabels() []string { return aliasLabels(e.Kind.Series(), e.Aliases) }

// labelled is what people call by a label.
type labelled interface {
	Label() string
	AliasLabels() []string
}

// labelIndex finds things by what people call them: by label, else by the number alone,
// else by a number that they were once given or printed with.
type labelIndex struct {
	names  []string
	levels [3]map[string][]int // to places among names
}

func indexLabels[T labelled](all []T, number func(T) string) labelIndex {
	x := labelIndex{names: make([]string, len(all))}
	for i := range x.levels {
		x.levels[i] = make(map[string][]int, len(all))
	}
	for i, one := range all {
		x.names[i] = one.Label()
		x.levels[0][x.names[i]] = append(x.levels[0][x.names[i]], i)
		x.levels[1][number(one)] = append(x.levels[1][number(one)], i)
		for _, alias := range one.AliasLabels() {
			x.levels[2][alias] = append(x.levels[2][alias], i)
		}
	}
	return x
}

// find returns the place of what a label means. Where that is several, the error names
// them.
func (x labelIndex) find(wanted string) (at int, known bool, err error) {
	for _, level := range x.levels {
		switch places := level[wanted]; len(places) {
		case 0:
		case 1:
			return places[0], true, nil
		default:
			names := make([]string, len(places))
			for i, place := range places {
				names[i] = x.names[place]
			}
			return 0, false, fmt.Errorf("find %q: several had this number: %s; name one", wanted, strings.Join(names, ", "))
		}
	}
	return 0, false, nil
}

// EvidenceByLabel returns the item that people call Evidence-7, Doc-3 or Int-2, or by a
// number it was once given or printed with. Where that is several, the error names them.
func (h *History) EvidenceByLabel(name string) (Evidence, error) {
	for _, item := range h.evidence {
		if string(item.ID) == name {
			return item, nil
		}
	}
	at, known, err := indexLabels(h.evidence, func(e Evidence) string { return label(e.Kind.Series(), e.Number, "") }).find(asLabelled(name))
	switch {
	case err != nil:
		return Evidence{}, err
	case !known:
		return Evidence{}, fmt.Errorf("find %q: no evidence of that number (see `tickmark evidence VAULT list`)", name)
	}
	return h.evidence[at], nil
}

// asLabelled is a name with the case that labels of evidence have: people type doc-3.
func asLabelled(name string) string {
	for _, series := range EvidenceSeries() {
		if n := len(series) + 1; len(name) > n && strings.EqualFold(name[:n], series+"-") {
			return series + "-" + name[n:]
		}
	}
	return name
}

// LastNumber is the highest number that evidence of a kind's series ever had; the next
// item gets the one after it.
func (h *History) LastNumber(k EvidenceKind) int { return h.last[k.Series()] }

// shelf is the evidence as the whole history tells it.
type shelf struct {
	evidence   []Evidence     // by time and entry
	last       map[string]int // highest number that was ever given, by series
	described  map[ID]bool    // those that more is said of, whether they are there or not
	tombstones map[engine.Digest]Tombstone
	stock      *evidenceStock
}

// arrange numbers the items, which come in the order of their entries, and marks
// those that were expunged.
func (h *History) arrange(items []Evidence) error {
	h.stock = &evidenceStock{}
	printed, err := h.printed(func(e Entry) ([]PrintedNumber, error) {
		var report PrintedReport
		if e.Action != ReportSigned {
			return nil, nil
		}
		err := h.read(e, &report)
		return report.Evidence, err
	})
	if err != nil {
		return err
	}
	if h.tombstones, err = h.readTombstones(); err != nil {
		return err
	}
	when := func(entry engine.Digest) time.Time { return h.entries[h.at(entry)].Time }
	h.evidence, h.last = numberEvidence(items, printed, when)
	if err := errors.Join(h.readDescriptions(), h.readReleases()); err != nil {
		return err
	}
	for i := range h.evidence {
		if t, gone := h.tombstones[h.evidence[i].Digest()]; gone {
			h.evidence[i].Expunged = &t
		}
	}
	return nil
}

// printed returns what went out calls each thing, first printed first: numbers gives
// what an entry of the side log calls them. Only entries that verify count: a number
// cannot be nailed down by a stranger.
func (h *History) printed(numbers func(Entry) ([]PrintedNumber, error)) (map[ID][]int, error) {
	all := map[ID][]int{}
	for _, e := range h.side {
		if e.Action != ReportSigned && e.Action != RequestsExported || h.VerifySide(e) != nil {
			continue
		}
		printed, err := numbers(e)
		if err != nil {
			return nil, err
		}
		for _, p := range printed {
			if p.Number > 0 && p.Number <= maxNumber && !slices.Contains(all[p.ID], p.Number) {
				all[p.ID] = append(all[p.ID], p.Number)
			}
		}
	}
	return all, nil
}

// numeral is the number of one thing: of an item of evidence, of a request.
type numeral struct {
	id      ID
	entry   engine.Digest // that gave it
	number  int
	suffix  string
	aliases []int
	at      int // its place among those that were numbered
}

// numberEvidence gives every item its final number, each series by itself, and returns
// them by time and entry.
func numberEvidence(items []Evidence, printed map[ID][]int, when func(engine.Digest) time.Time) (numbered []Evidence, last map[string]int) {
	given := make([]numeral, len(items))
	for i, item := range items {
		given[i] = numeral{id: item.ID, entry: item.Entry, number: item.Number, at: i}
	}
	given = inOrder(given, when)
	rows, last := map[string][]numeral{}, map[string]int{}
	for _, n := range given {
		series := items[n.at].Kind.Series()
		rows[series] = append(rows[series], n)
	}
	final := make(map[int]numeral, len(given))
	for series, row := range rows {
		row, last[series] = settleNumbers(row, printed, when)
		for _, n := range row {
			final[n.at] = n
		}
	}
	for _, n := range given {
		item, n := items[n.at], final[n.at]
		item.Number, item.Suffix, item.Aliases = n.number, n.suffix, n.aliases
		numbered = append(numbered, item)
	}
	return numbered, last
}

// inOrder returns the things by time and entry, each id once: it is the thing's that had
// it first.
func inOrder(given []numeral, when func(engine.Digest) time.Time) []numeral {
	var all []numeral
	known := make(map[ID]bool, len(given))
	for _, n := range given {
		if !known[n.id] {
			known[n.id] = true
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b numeral) int {
		return cmp.Or(when(a.entry).Compare(when(b.entry)), bytes.Compare(a.entry[:], b.entry[:]),
			cmp.Compare(a.number, b.number), cmp.Compare(a.id, b.id))
	})
	return all
}

// settleNumbers gives each of the things its final number, by MODEL's rules:
//
//   - a number that was printed in a signed report stays with its item; of several the
//     first printed, the others being aliases that nobody else is given;
//   - items that were printed with one number both keep it, with a suffix;
//   - else who was first by time and entry keeps the number, and the other takes the
//     next that nobody has, its old number being an alias. So what is numbered later
//     moves nothing.
//
// The outcome depends on the set of things and reports alone, and is by time and entry.
func settleNumbers(given []numeral, printed map[ID][]int, when func(engine.Digest) time.Time) (numbered []numeral, last int) {
	numbered = inOrder(given, when)
	claimed, taken, sharing := map[int]bool{}, map[int]bool{}, map[int][]int{}
	for i, n := range numbered {
		if n.number > maxNumber || n.number < 1 {
			numbered[i].number = 0
		}
		claimed[numbered[i].number] = true
		last = max(last, numbered[i].number)
		for _, number := range printed[n.id] {
			taken[number], last = true, max(last, number)
		}
	}
	next := nextFree(func(number int) bool { return claimed[number] || taken[number] })
	for i := range numbered {
		n := &numbered[i]
		if names := printed[n.id]; len(names) > 0 {
			n.rename(names[0], names[1:]...)
			sharing[n.number] = append(sharing[n.number], i)
			continue
		}
		if n.number == 0 || taken[n.number] {
			n.rename(next(n.number + 1))
		}
		taken[n.number], last = true, max(last, n.number)
	}
	for _, places := range sharing {
		suffix(numbered, places)
	}
	return numbered, last
}

// nextFree finds the first number from one on that nobody has. It remembers the way, as
// thousands may meet at once.
func nextFree(has func(number int) bool) func(from int) int {
	onwards := map[int]int{}
	return func(from int) int {
		var way []int
		for has(from) {
			way = append(way, from)
			from = max(from+1, onwards[from])
		}
		for _, number := range way {
			onwards[number] = from
		}
		return from
	}
}

// rename gives a thing a number; those it had besides become aliases.
func (n *numeral) rename(number int, others ...int) {
	aliases := append([]int{n.number}, others...)
	slices.Sort(aliases)
	aliases = slices.DeleteFunc(slices.Compact(aliases), func(alias int) bool { return alias == number || alias == 0 })
	if n.number, n.aliases = number, nil; len(aliases) > 0 {
		n.aliases = aliases
	}
}

// suffix tells things of one number apart by as many digits of their ids as it takes.
func suffix(all []numeral, places []int) {
	if len(places) < 2 {
		return
	}
	for length := shortestSuffix; ; length++ {
		distinct, whole := map[string]bool{}, true
		for _, i := range places {
			id := string(all[i].id)
			all[i].suffix = id[:min(length, len(id))]
			distinct[all[i].suffix] = true
			whole = whole && length >= len(id)
		}
		if len(distinct) == len(places) || whole {
			return
		}
	}
}
