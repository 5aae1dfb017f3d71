package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// specimen is a closed vault, of which bytes are changed.
type specimen struct {
	*story
	base, log []byte
	header    int64    // bytes of the base's age header
	members   []member // of the log
	saves     [][]engine.Digest
	expected  promise
}

// newSpecimen makes a vault of a base of several chunks and a log of several members:
// small ones, one of several chunks, one that was folded.
func newSpecimen(t *testing.T, d *desk, seed uint64) *specimen {
	s := &specimen{story: newStory(t, d, seed)}
	s.create()
	steps := []func() error{
		s.small, func() error { return s.attach(100_000) }, s.compact, s.small, s.small, s.several, s.fold,
		s.small, func() error { return s.attach(90_000 + s.rng.IntN(50_000)) }, s.small, s.small,
	}
	for _, step := range steps {
		require.NoError(t, step())
		s.saves = append(s.saves, s.held.there)
	}
	s.members, s.expected = slices.Clone(s.vault.log.members), s.held
	require.NoError(t, s.close())
	s.base, s.log = s.desk.bytes(), s.desk.log()
	header, err := age.ExtractHeader(bytes.NewReader(s.base))
	require.NoError(t, err)
	s.header = int64(len(header))
	return s
}

// change is what was done to a specimen, and what is to be told of it.
type change struct {
	what      string
	base, log []byte
	// anyError: in the header of the base, which names nobody whose key fits then.
	anyError bool
	// tail: in the last member, which may count as an interrupted save.
	tail bool
	// unseen: nothing in the files tells of it. What is there are whole saves, from the
	// first on.
	unseen bool
	names  string // what the error names, "" for anything
}

// told opens a changed specimen and judges what is said of it.
func (s *specimen) told(c change) error {
	if c.base == nil {
		c.base = s.base
	}
	if c.log == nil {
		c.log = s.log
	}
	require.NoError(s.t, errors.Join(os.WriteFile(s.desk.path, c.base, 0o600), os.WriteFile(logPath(s.desk.path), c.log, 0o600)))
	opened, recovered, err := s.look()
	if !bytes.Equal(s.desk.bytes(), c.base) || !bytes.Equal(s.desk.log(), c.log) {
		return fmt.Errorf("%w: opening changed the files", errUntold)
	}
	var tamper *TamperError
	named := errors.As(err, &tamper)
	switch {
	case c.anyError && err != nil:
		return nil
	case named && c.unseen:
		return fmt.Errorf("%w: %w", errAlarm, err)
	case named && c.names != "" && tamper.Member != c.names:
		return fmt.Errorf("%w: it names %s, not %s: %w", errUntold, tamper.Member, c.names, err)
	case named:
		return nil
	case err != nil:
		return fmt.Errorf("%w: no tampering, but %w", errUntold, err)
	case (c.tail && recovered) || c.unseen:
		return s.firstSaves(opened, c.tail)
	}
	return errUntold
}

// look opens and verifies as a writer, who may cut.
func (s *specimen) look() (there []engine.Digest, recovered bool, err error) {
	v, err := Open(context.Background(), s.desk.path, []age.Identity{s.keys.identity}, append(s.options(), withDisk(quietDisk{}))...)
	if err != nil {
		return nil, false, err
	}
	h, err := v.History(context.Background())
	if err == nil {
		there = entryIDs(h)
	}
	return there, v.Recovered() > 0, errors.Join(err, v.Verify(context.Background()), v.Close())
}

// firstSaves: what is there are whole saves, of which the last alone may be missing.
func (s *specimen) firstSaves(there []engine.Digest, allButLast bool) error {
	for i, saved := range s.saves {
		if slices.Equal(saved, there) && (!allButLast || i == len(s.saves)-2) {
			return nil
		}
	}
	return fmt.Errorf("%w: %d entries are there, which were never the whole", errLost, len(there))
}

// flipRuns changes vaults, one bit or one member at a time, n times.
func flipRuns(t *testing.T, c *tally, n int) {
	d := newDesk(t)
	rng, end := rand.New(rand.NewPCG(7, 7)), c.runs+n
	for seed := uint64(1); c.runs < end; seed++ {
		s := newSpecimen(t, d, 1000+seed)
		changes := slices.Concat(s.rearranged(newSpecimen(t, d, 2000+seed)), s.cutShort(rng, 40), s.flipped(rng, 160), s.flippedHeads(rng), s.blanked(rng, 30))
		rng.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
		for _, change := range changes[:min(len(changes), end-c.runs)] {
			c.count(t, s.told(change), "vault %d, %s", seed, change.what)
		}
	}
}

// place is the member that a byte of the log belongs to.
func (s *specimen) place(at int64) (index int, last bool) {
	for index = range s.members {
		if at < s.members[index].end() {
			break
		}
	}
	return index, index == len(s.members)-1
}

// flip changes a bit of base or log.
func (s *specimen) flip(inLog bool, at int64, bit int) change {
	if !inLog {
		b := bytes.Clone(s.base)
		b[at] ^= 1 << bit
		c := change{what: fmt.Sprintf("bit %d of byte %d of the base", bit, at), base: b, anyError: at < s.header}
		if !c.anyError {
			c.names = "shop.vault"
		}
		return c
	}
	b := bytes.Clone(s.log)
	b[at] ^= 1 << bit
	index, last := s.place(at)
	m := s.members[index]
	c := change{what: fmt.Sprintf("bit %d of byte %d of the log", bit, at), log: b, tail: last, names: m.name}
	if at < m.at+tarBlock { // its name does not hold any more
		c.names = fmt.Sprintf("the log's member at byte %d", m.at)
	}
	return c
}

// flipped are bits anywhere.
func (s *specimen) flipped(rng *rand.Rand, n int) []change {
	var all []change
	for range n / 2 {
		all = append(all, s.flip(false, rng.Int64N(int64(len(s.base))), rng.IntN(8)), s.flip(true, rng.Int64N(int64(len(s.log))), rng.IntN(8)))
	}
	return all
}

// flippedHeads are bits where a byte means something: in labels, age headers, the
// first and last bytes of what is sealed, padding.
func (s *specimen) flippedHeads(rng *rand.Rand) []change {
	var all []change
	for _, m := range s.members {
		sealed := m.at + tarBlock
		for _, at := range []int64{
			m.at + rng.Int64N(100), m.at + 124 + rng.Int64N(32), m.at + 257 + rng.Int64N(8), m.at + rng.Int64N(tarBlock),
			sealed, sealed + rng.Int64N(200), sealed + 24 + rng.Int64N(130), sealed + 180 + rng.Int64N(40), sealed + m.sealed - 1, m.end() - 1,
		} {
			all = append(all, s.flip(true, at, rng.IntN(8)))
		}
	}
	for range 10 {
		all = append(all, s.flip(false, rng.Int64N(s.header+sealedNonce), rng.IntN(8)))
	}
	return append(all, s.flip(false, int64(len(s.base))-1, rng.IntN(8)))
}

// blanked are sectors that read as zeros or as noise.
func (s *specimen) blanked(rng *rand.Rand, n int) []change {
	var all []change
	for i := range n {
		at := rng.Int64N(int64(len(s.log))/sector) * sector
		index, last := s.place(at)
		b := bytes.Clone(s.log)
		for j := at; j < at+sector; j++ {
			b[j] = byte(rng.Uint32()) * byte(i%2)
		}
		if bytes.Equal(b, s.log) {
			continue // padding
		}
		m := s.members[index]
		c := change{what: fmt.Sprintf("a sector at byte %d of the log", at), log: b, tail: last, names: m.name}
		if at == m.at {
			c.names = fmt.Sprintf("the log's member at byte %d", m.at)
		}
		all = append(all, c)
	}
	return all
}

// cutShort are files of which the end is missing.
func (s *specimen) cutShort(rng *rand.Rand, n int) []change {
	var all []change
	for range n / 2 {
		at := rng.IntN(len(s.base))
		all = append(all, change{what: fmt.Sprintf("the base cut at byte %d", at), base: s.base[:at]})
		at = rng.IntN(len(s.log))
		all = append(all, change{what: fmt.Sprintf("the log cut at byte %d", at), log: s.log[:at], unseen: true})
	}
	for _, m := range s.members {
		for _, at := range []int64{m.at, m.at + 1, m.at + tarBlock, m.at + tarBlock + 1, m.end() - 1, m.end() - sector} {
			all = append(all, change{what: fmt.Sprintf("the log cut at byte %d", at), log: s.log[:at], unseen: true})
		}
	}
	return all
}

// rearranged are logs of members that were taken out, moved, repeated, or belong to
// another vault.
func (s *specimen) rearranged(other *specimen) []change {
	pieces := make([][]byte, len(s.members))
	for i, m := range s.members {
		pieces[i] = s.log[m.at:m.end()]
	}
	last := len(pieces) - 1
	var all []change
	add := func(what, names string, pieces ...[]byte) {
		all = append(all, change{what: what, names: names, log: bytes.Join(pieces, nil)})
	}
	for i := range pieces {
		if i < last {
			add(fmt.Sprintf("member %d taken out", i), s.members[i+1].name, slices.Delete(slices.Clone(pieces), i, i+1)...)
			swapped := slices.Clone(pieces)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			add(fmt.Sprintf("member %d put behind the next", i), s.members[i+1].name, swapped...)
		}
		add(fmt.Sprintf("member %d twice", i), s.members[i].name, slices.Insert(slices.Clone(pieces), i, pieces[i])...)
		add(fmt.Sprintf("member %d again at the end", i), s.members[i].name, append(slices.Clone(pieces), pieces[i])...)
		for j, m := range other.members {
			foreign := other.log[m.at:m.end()]
			add(fmt.Sprintf("another vault's member %d before member %d", j, i), m.name, slices.Insert(slices.Clone(pieces), i, foreign)...)
			replaced := slices.Clone(pieces)
			replaced[i] = foreign
			add(fmt.Sprintf("another vault's member %d in the place of member %d", j, i), m.name, replaced...)
		}
	}
	for j, m := range other.members {
		foreign := other.log[m.at:m.end()]
		add(fmt.Sprintf("another vault's member %d at the end", j), m.name, append(slices.Clone(pieces), foreign)...)
		add(fmt.Sprintf("another vault's member %d alone", j), m.name, foreign)
	}
	add("another vault's log", other.members[0].name, other.log)
	add("another vault's log behind its own", other.members[0].name, s.log, other.log)
	all = append(all, change{what: "another vault's base", base: other.base, names: s.members[0].name})
	return append(all, s.renamed(pieces)...)
}

// renamed are members with the name of another: a label is not authenticated.
func (s *specimen) renamed(pieces [][]byte) []change {
	var all []change
	for i, m := range s.members {
		for _, label := range [][2]int64{{s.members[0].generation() - 1, m.sequence}, {m.generation() + 1, m.sequence}, {m.generation(), m.sequence + 100}} {
			block, err := labelBlock(memberName(label[0], label[1]), m.sealed)
			require.NoError(s.t, err)
			log := bytes.Join(append(append(slices.Clone(pieces[:i]), block, pieces[i][tarBlock:]), pieces[i+1:]...), nil)
			// A higher number of the last one says nothing, and nothing is lost by it.
			harmless := i == len(pieces)-1 && label[0] == m.generation()
			all = append(all, change{what: fmt.Sprintf("member %d named %s", i, memberName(label[0], label[1])), log: log, unseen: harmless})
		}
	}
	return all
}

func (m member) generation() int64 {
	var generation, sequence int64
	_, _ = fmt.Sscanf(m.name, "g%d-%d", &generation, &sequence)
	return generation
}
