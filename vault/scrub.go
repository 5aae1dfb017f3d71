package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What a page of a database says of itself: https://sqlite.org/fileformat2.html.
const (
	interiorIndex = 0x02
	interiorTable = 0x05
	leafIndex     = 0x0a
	leafTable     = 0x0d

	databaseHeader = 100 // bytes before the first page's own header
	freelistAt     = 32  // in the database's header: the first trunk, then the number of free pages
	reservedAt     = 20
	vacuumAt       = 52
	lockPage       = 1<<30/pageSize + 1 // is never used
	// From this many pages on, an overflow page could look like another kind.
	tooManyPages = 1 << 25
)

// scrubber overwrites what a database keeps besides its content: free pages, the
// space between the cells of a tree, and what follows the end of a long value. SQLite
// leaves there what was deleted.
type scrubber struct {
	trunks map[uint32]int // free pages that list others, and how many
	empty  bits           // pages without content
	tails  map[uint32]int // last pages of long values, and how much of them is used
}

// bits are numbers of pages.
type bits []uint64

func newBits(n uint32) bits { return make(bits, n/64+1) }

func (b bits) set(n uint32)      { b[n/64] |= 1 << (n % 64) }
func (b bits) has(n uint32) bool { return b[n/64]&(1<<(n%64)) != 0 }

var errNoPage = errors.New("it is none that SQLite writes")

// newScrubber reads which pages are free.
func newScrubber(count uint32, page func(number uint32) ([]byte, error)) (*scrubber, error) {
	first, err := page(1)
	if err != nil {
		return nil, err
	}
	if first[reservedAt] != 0 || binary.BigEndian.Uint32(first[vacuumAt:]) != 0 || count >= tooManyPages {
		return nil, errors.New("scrub pages: the database is laid out as no vault's is")
	}
	s := &scrubber{trunks: map[uint32]int{}, empty: newBits(count), tails: map[uint32]int{}}
	if lockPage <= count {
		s.empty.set(lockPage)
	}
	for at := binary.BigEndian.Uint32(first[freelistAt:]); at != 0; {
		trunk, err := page(at)
		if err != nil {
			return nil, err
		}
		leaves := binary.BigEndian.Uint32(trunk[4:])
		if _, twice := s.trunks[at]; twice || at > count || leaves > pageSize/4-2 {
			return nil, fmt.Errorf("scrub page %d: %w", at, errNoPage)
		}
		s.trunks[at] = int(leaves)
		for i := range leaves {
			leaf := binary.BigEndian.Uint32(trunk[8+4*i:])
			if leaf < 2 || leaf > count {
				return nil, fmt.Errorf("scrub page %d: %w", at, errNoPage)
			}
			s.empty.set(leaf)
		}
		at = binary.BigEndian.Uint32(trunk)
	}
	return s, nil
}

// scrub overwrites what is no content in one page.
func (s *scrubber) scrub(number uint32, page []byte) error {
	leaves, trunk := s.trunks[number]
	end, ends := s.tails[number]
	switch {
	case trunk:
		clear(page[8+4*leaves:])
	case s.empty.has(number):
		clear(page)
	case isTree(number, page):
		if err := scrubTree(page, treeHeader(number)); err != nil {
			return fmt.Errorf("scrub page %d: %w", number, err)
		}
	case ends:
		clear(page[end:])
	}
	return nil
}

func treeHeader(number uint32) int {
	if number == 1 {
		return databaseHeader
	}
	return 0
}

// isTree tells the page of a tree from the continuation of a long value, which begins
// with the number of the next one.
func isTree(number uint32, page []byte) bool {
	switch page[treeHeader(number)] {
	case interiorIndex, interiorTable, leafIndex, leafTable:
		return true
	}
	return false
}

// scrubTree overwrites what lies between the cells of a tree's page. The sizes and
// links of its free blocks stay.
func scrubTree(page []byte, header int) error {
	var used [pageSize]bool
	use := func(from, to int) error {
		if from < 0 || to > pageSize || from > to {
			return errNoPage
		}
		for i := from; i < to; i++ {
			if used[i] {
				return errNoPage
			}
			used[i] = true
		}
		return nil
	}
	cells, pointers, err := cellsOf(page, header)
	if err != nil {
		return err
	}
	if err := use(0, pointers); err != nil {
		return err
	}
	for _, c := range cells {
		if err := use(c.at, c.at+c.size); err != nil {
			return err
		}
	}
	for at := int(binary.BigEndian.Uint16(page[header+1:])); at != 0; {
		if err := use(at, at+4); err != nil {
			return err
		}
		next := int(binary.BigEndian.Uint16(page[at:]))
		if next != 0 && next <= at {
			return errNoPage
		}
		at = next
	}
	for i := range page {
		if !used[i] {
			page[i] = 0
		}
	}
	return nil
}

// cell is where an entry of a tree's page lies, and where it goes on if it is long.
type cell struct {
	at, size int
	overflow uint32
	left     int64 // bytes in overflow pages
}

// cellsOf reads the cells of a tree's page, and where the list of them ends.
func cellsOf(page []byte, header int) ([]cell, int, error) {
	kind := page[header]
	list := header + 8
	if kind == interiorIndex || kind == interiorTable {
		list += 4
	}
	count := int(binary.BigEndian.Uint16(page[header+3:]))
	end := list + 2*count
	if end > pageSize {
		return nil, 0, errNoPage
	}
	cells := make([]cell, count)
	for i := range cells {
		at := int(binary.BigEndian.Uint16(page[list+2*i:]))
		if at < end || at > pageSize-4 {
			return nil, 0, errNoPage
		}
		c, err := readCell(kind, page, at)
		if err != nil {
			return nil, 0, err
		}
		cells[i] = c
	}
	return cells, end, nil
}

func readCell(kind byte, page []byte, at int) (cell, error) {
	c := cell{at: at}
	p := at
	if kind == interiorIndex || kind == interiorTable {
		p += 4
	}
	payload, n := varint(page[p:])
	if p += n; n == 0 {
		return c, errNoPage
	}
	if kind == interiorTable { // the number was a row's
		c.size = p - at
		return c, nil
	}
	if kind == leafTable {
		_, n = varint(page[p:])
		if p += n; n == 0 {
			return c, errNoPage
		}
	}
	local := localSize(kind, payload)
	if local < 0 || int64(p)+local > pageSize {
		return c, errNoPage
	}
	p += int(local)
	if c.left = payload - local; c.left > 0 {
		if p+4 > pageSize {
			return c, errNoPage
		}
		c.overflow = binary.BigEndian.Uint32(page[p:])
		p += 4
	}
	c.size = max(p-at, 4)
	return c, nil
}

// localSize is how much of a value stands in the page of the tree itself.
func localSize(kind byte, payload int64) int64 {
	const least = (pageSize-12)*32/255 - 23
	most := int64((pageSize-12)*64/255 - 23)
	if kind == leafTable {
		most = pageSize - 35
	}
	if payload <= most {
		return payload
	}
	if local := least + (payload-least)%(pageSize-4); local <= most {
		return local
	}
	return least
}

// varint reads SQLite's numbers of one to nine bytes; its second value is how many, 0
// where there is none.
func varint(b []byte) (int64, int) {
	var v uint64
	for i := range min(len(b), 8) {
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return int64(v), i + 1
		}
	}
	if len(b) < 9 {
		return 0, 0
	}
	return int64(v<<8 | uint64(b[8])), 9
}

// survey finds the ends of long values and the pages that nothing leads to. It is
// shown every page in its order, and asked once it has seen the last.
type survey struct {
	scrubber *scrubber
	next     []uint32 // of each page that is no tree's
	long     []cell
	seen     bits
}

func newSurvey(s *scrubber, count uint32) *survey {
	return &survey{scrubber: s, next: make([]uint32, count+1), seen: newBits(count)}
}

func (s *survey) look(number uint32, page []byte) error {
	if _, trunk := s.scrubber.trunks[number]; trunk || s.scrubber.empty.has(number) {
		s.seen.set(number)
		return nil
	}
	if !isTree(number, page) {
		s.next[number] = binary.BigEndian.Uint32(page)
		return nil
	}
	s.seen.set(number)
	cells, _, err := cellsOf(page, treeHeader(number))
	if err != nil {
		return fmt.Errorf("scrub page %d: %w", number, err)
	}
	for _, c := range cells {
		if c.left > 0 {
			s.long = append(s.long, c)
		}
	}
	return nil
}

// finish tells the scrubber what was found.
func (s *survey) finish() error {
	for _, c := range s.long {
		at, left := c.overflow, c.left
		for ; ; at, left = s.next[at], left-(pageSize-4) {
			if at == 0 || int(at) >= len(s.next) || s.seen.has(at) {
				return fmt.Errorf("scrub page %d: %w", at, errNoPage)
			}
			s.seen.set(at)
			if left <= pageSize-4 {
				break
			}
		}
		s.scrubber.tails[at] = int(4 + left)
	}
	for number := uint32(1); int(number) < len(s.next); number++ {
		if !s.seen.has(number) {
			s.scrubber.empty.set(number)
		}
	}
	return nil
}
