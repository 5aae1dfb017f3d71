package network

import "math/bits"

// bitset is a set of peers by their numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// fill sets all from from up to and without to.
func (b bitset) fill(from, to int) {
	for i := from; i < to; i++ {
		b.set(i)
	}
}

// or adds the members of o to b.
func (b bitset) or(o bitset) {
	for i := range o {
		b[i] |= o[i]
	}
}

// and returns what b and o share.
func (b bitset) and(o bitset) bitset {
	c := make(bitset, len(b))
	for i := range b {
		c[i] = b[i] & o[i]
	}
	return c
}

// minus returns what of b is not in o.
func (b bitset) minus(o bitset) bitset {
	c := make(bitset, len(b))
	for i := range b {
		c[i] = b[i] &^ o[i]
	}
	return c
}

func (b bitset) empty() bool { return b.first() < 0 }

// first returns the smallest member, -1 if there is none.
func (b bitset) first() int {
	for i, word := range b {
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// each calls f for every member in order.
func (b bitset) each(f func(int)) {
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			f(i*64 + bits.TrailingZeros64(word))
		}
	}
}
