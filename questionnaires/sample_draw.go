package questionnaires

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tickmark/engine"
)

// SampleMethod is how the items of a sample were chosen.
type SampleMethod int

// The methods.
const (
	NoSampleMethod   SampleMethod = iota
	RandomSample                  // drawn by the program from a seed
	SystematicSample              // every so many, drawn by the program from a seed
	JudgementSample               // chosen by a person, who says how
	AllTested                     // every item of the population
)

var sampleMethods = [...]string{"", "random", "systematic", "judgement", "all"}

// String returns the method's text, "" for none.
func (m SampleMethod) String() string { return textOf(sampleMethods[:], int(m)) }

// MarshalText writes what String returns.
func (m SampleMethod) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *SampleMethod) UnmarshalText(b []byte) error {
	i, err := indexOf("method of a sample", sampleMethods[:], string(b))
	*m = SampleMethod(i)
	return err
}

// Drawn reports whether the program draws by it, and can draw again.
func (m SampleMethod) Drawn() bool { return m == RandomSample || m == SystematicSample }

// SampleDraw is all that it takes to draw a sample again.
type SampleDraw struct {
	Method SampleMethod  `json:"method"`
	Seed   string        `json:"seed,omitempty"`
	By     string        `json:"by,omitempty"`  // the column that it is spread over
	List   engine.Digest `json:"list,omitzero"` // of the population's list
}

// Bounds of a draw.
const (
	maxSeed   = 200
	maxStrata = 1000
)

// drawVersion begins every text that a draw hashes: another way to draw is another
// version.
const drawVersion = "tickmark/sample/1"

// rank is where a draw puts an item: the SHA-256 of four lines, the version, the seed,
// the digest of the list in hexadecimal digits, and the key. Nothing else bears on it:
// neither a machine, nor a version of Go, nor the order of the list.
func (d SampleDraw) rank(key string) [sha256.Size]byte {
	return sha256.Sum256([]byte(drawVersion + "\n" + d.Seed + "\n" + d.List.String() + "\n" + key))
}

// Draw draws so many items, in the order of their keys. At random it takes those of the
// lowest rank, of each stratum by its share where the sample is spread. Systematically
// it takes every so manieth of the list, in a circle from where the rank of no key says.
func (l PopulationList) Draw(d SampleDraw, size int) ([]string, error) {
	fail := func(err error) ([]string, error) { return nil, fmt.Errorf("draw sample: %w", err) }
	if err := drawable(size, len(l.Items)); err != nil {
		return fail(err)
	}
	switch {
	case d.List != l.Digest:
		return fail(errors.New("the population is not the list that was drawn from"))
	case blank(d.Seed):
		return fail(errors.New("it has no seed"))
	case d.Method == SystematicSample && d.By != "":
		return fail(errors.New("a systematic sample is not spread over a column; one at random is"))
	case d.Method == SystematicSample:
		return l.systematic(d, size), nil
	case d.Method != RandomSample:
		return fail(fmt.Errorf("%q is no way to draw: want random or systematic", d.Method))
	}
	strata := map[string][]string{}
	for _, item := range l.Items {
		stratum := item.Stratum
		if d.By == "" {
			stratum = ""
		}
		strata[stratum] = append(strata[stratum], item.Key)
	}
	shares, err := sharesOf(strata, size)
	if err != nil {
		return fail(err)
	}
	var drawn []string
	for stratum, keys := range strata {
		drawn = append(drawn, d.lowest(keys, shares[stratum])...)
	}
	slices.Sort(drawn)
	return drawn, nil
}

// drawable refuses a sample of no size, or larger than what it is drawn from or than
// what is kept of one.
func drawable(size, of int) error {
	switch {
	case size < 1:
		return errors.New("its size is not said: at least 1 is sampled")
	case size > of:
		return fmt.Errorf("%d of %d: a sample is no larger than its population", size, of)
	case size > maxScopeList:
		return fmt.Errorf("%d items, at most %d are drawn at once; all can be tested without a draw", size, maxScopeList)
	}
	return nil
}

// lowest are the keys of lowest rank.
func (d SampleDraw) lowest(keys []string, n int) []string {
	type ranked struct {
		rank [sha256.Size]byte
		key  string
	}
	order := func(x, y ranked) int { return cmp.Or(bytes.Compare(x.rank[:], y.rank[:]), cmp.Compare(x.key, y.key)) }
	kept := make([]ranked, 0, n+1)
	for _, key := range keys {
		r := ranked{d.rank(key), key}
		at, _ := slices.BinarySearchFunc(kept, r, order)
		if at == n {
			continue
		}
		if kept = slices.Insert(kept, at, r); len(kept) > n {
			kept = kept[:n]
		}
	}
	return namesOf(kept, func(r ranked) string { return r.key })
}

// systematic takes the items at start + i * count / size, in a circle. The start is the
// first eight bytes of the rank of no key, as a number of big endian order, modulo count.
func (l PopulationList) systematic(d SampleDraw, size int) []string {
	first := d.rank("")
	count := uint64(len(l.Items))
	start := binary.BigEndian.Uint64(first[:8]) % count
	drawn := make([]string, size)
	for i := range drawn {
		drawn[i] = l.Items[(start+uint64(i)*count/uint64(size))%count].Key
	}
	slices.Sort(drawn)
	return drawn
}

// sharesOf spreads a sample over strata: one for each, and each further one to the
// stratum that has most items for each two that it was given, and one more. Of equals
// the one whose name sorts first has it.
func sharesOf(strata map[string][]string, size int) (map[string]int, error) {
	if len(strata) > maxStrata {
		return nil, fmt.Errorf("the column has %d values, at most %d are spread over", len(strata), maxStrata)
	}
	if len(strata) > size {
		return nil, fmt.Errorf("the column has %d values and the sample %d items: each value is sampled at least once", len(strata), size)
	}
	names := make([]string, 0, len(strata))
	shares := map[string]int{}
	for name := range strata {
		names, shares[name] = append(names, name), 1
	}
	slices.Sort(names)
	for left := size - len(strata); left > 0; left-- {
		best := -1
		for i, name := range names {
			items, has := len(strata[name]), shares[name]
			if has < items && (best < 0 || items*(2*shares[names[best]]+1) > len(strata[names[best]])*(2*has+1)) {
				best = i
			}
		}
		shares[names[best]]++
	}
	return shares, nil
}
