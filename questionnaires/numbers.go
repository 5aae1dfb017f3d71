package questionnaires

import (
	"cmp"
	"fmt"
	"slices"
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
}

// PrintedNumber is the number that a report gave an item of evidence.
type PrintedNumber struct {
	ID     ID  `json:"id"`
	Number int `json:"number"`
}

// Label is the number as people write it: Evidence-7. Where two items were printed
// with one number before they met, the beginning of its id follows: Evidence-7-3f2a.
func (e Evidence) Label() string {
	if e.Suffix != "" {
		return fmt.Sprintf("Evidence-%d-%s", e.Number, e.Suffix)
	}
	return fmt.Sprintf("Evidence-%d", e.Number)
}

// AliasLabels are the labels of its other numbers.
func (e Evidence) AliasLabels() []string {
	labels := make([]string, len(e.Aliases))
	for i, number := range e.Aliases {
		labels[i] = fmt.Sprintf("Evidence-%d", number)
	}
	return labels
}

// EvidenceByLabel returns the item that people call Evidence-7, or by a number it
// was once given or printed with. Where that is several, the error names them.
func (h *History) EvidenceByLabel(label string) (Evidence, error) {
	for _, is := range []func(Evidence) bool{
		func(e Evidence) bool { return e.Label() == label || string(e.ID) == label },
		func(e Evidence) bool { return fmt.Sprintf("Evidence-%d", e.Number) == label },
		func(e Evidence) bool { return slices.Contains(e.AliasLabels(), label) },
	} {
		var found []Evidence
		var names []string
		for _, item := range h.evidence {
			if is(item) {
				found, names = append(found, item), append(names, item.Label())
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return Evidence{}, fmt.Errorf("find %q: several items had this number: %s; name one", label, strings.Join(names, ", "))
		}
	}
	return Evidence{}, fmt.Errorf("find %q: no evidence of that number (see `tickmark evidence VAULT list`)", label)
}

// LastNumber is the highest number that evidence ever had; the next item gets the
// one after it.
func (h *History) LastNumber() int { return h.last }

// shelf is the evidence as the whole history tells it.
type shelf struct {
	evidence   []Evidence // by time and entry
	last       int        // highest number that was ever given
	tombstones map[engine.Digest]Tombstone
}

// arrange numbers the items, which come in the order of their entries, and marks
// those that were expunged.
func (h *History) arrange(items []Evidence) error {
	printed, err := h.printed()
	if err != nil {
		return err
	}
	if h.tombstones, err = h.readTombstones(); err != nil {
		return err
	}
	when := func(entry engine.Digest) time.Time { return h.entries[h.at(entry)].Time }
	h.evidence, h.last = numberEvidence(items, printed, when)
	for i := range h.evidence {
		if t, gone := h.tombstones[h.evidence[i].Digest()]; gone {
			h.evidence[i].Expunged = &t
		}
	}
	return nil
}

// printed returns what signed reports call each item, first printed first. Only
// entries that verify count: a number cannot be nailed down by a stranger.
func (h *History) printed() (map[ID][]int, error) {
	numbers := map[ID][]int{}
	for _, e := range h.side {
		if e.Action != ReportSigned || h.VerifySide(e) != nil {
			continue
		}
		var report PrintedReport
		if err := h.read(e, &report); err != nil {
			return nil, err
		}
		for _, p := range report.Evidence {
			if p.Number > 0 && p.Number <= maxNumber && !slices.Contains(numbers[p.ID], p.Number) {
				numbers[p.ID] = append(numbers[p.ID], p.Number)
			}
		}
	}
	return numbers, nil
}

// numberEvidence gives every item its final number, by MODEL's rules:
//
//   - a number that was printed in a signed report stays with its item; of several the
//     first printed, the others being aliases that nobody else is given;
//   - items that were printed with one number both keep it, with a suffix;
//   - else who was first by time and entry keeps the number, and the other takes
//     one past the highest there ever was, its old number being an alias.
//
// The outcome depends on the set of items and reports alone.
func numberEvidence(items []Evidence, printed map[ID][]int, when func(engine.Digest) time.Time) (numbered []Evidence, last int) {
	known := map[ID]bool{}
	for _, item := range items {
		if !known[item.ID] { // an id is the item's that had it first
			known[item.ID] = true
			numbered = append(numbered, item)
		}
	}
	slices.SortFunc(numbered, func(a, b Evidence) int {
		return cmp.Or(when(a.Entry).Compare(when(b.Entry)), cmp.Compare(a.Entry.String(), b.Entry.String()),
			cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	})
	taken, sharing := map[int]bool{}, map[int][]int{}
	for i, item := range numbered {
		if item.Number > maxNumber || item.Number < 1 {
			numbered[i].Number = 0
		}
		last = max(last, numbered[i].Number)
		for _, number := range printed[item.ID] {
			taken[number], last = true, max(last, number)
		}
	}
	for i := range numbered {
		item := &numbered[i]
		if names := printed[item.ID]; len(names) > 0 {
			item.rename(names[0], names[1:]...)
			sharing[item.Number] = append(sharing[item.Number], i)
			continue
		}
		if item.Number == 0 || taken[item.Number] {
			last++
			item.rename(last)
		}
		taken[item.Number] = true
	}
	for _, places := range sharing {
		suffix(numbered, places)
	}
	return numbered, last
}

// rename gives an item a number; those it had besides become aliases.
func (e *Evidence) rename(number int, others ...int) {
	aliases := append([]int{e.Number}, others...)
	slices.Sort(aliases)
	aliases = slices.DeleteFunc(slices.Compact(aliases), func(alias int) bool { return alias == number || alias == 0 })
	if e.Number, e.Aliases = number, nil; len(aliases) > 0 {
		e.Aliases = aliases
	}
}

// suffix tells items of one number apart by as many digits of their ids as it takes.
func suffix(items []Evidence, places []int) {
	if len(places) < 2 {
		return
	}
	for length := shortestSuffix; ; length++ {
		distinct, whole := map[string]bool{}, true
		for _, i := range places {
			id := string(items[i].ID)
			items[i].Suffix = id[:min(length, len(id))]
			distinct[items[i].Suffix] = true
			whole = whole && length >= len(id)
		}
		if len(distinct) == len(places) || whole {
			return
		}
	}
}
