package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
)

// AddressRange is a range of addresses of one family, both ends included.
type AddressRange struct{ From, To netip.Addr }

// String returns "10.0.0.0-10.255.255.255".
func (r AddressRange) String() string { return r.From.String() + "-" + r.To.String() }

// contains reports whether an address is in r.
func (r AddressRange) contains(a netip.Addr) bool {
	return a.Is4() == r.From.Is4() && r.From.Compare(a) <= 0 && a.Compare(r.To) <= 0
}

// everyAddress is the whole of both families, in the order of all lists here.
func everyAddress() block {
	return block{
		rangeOf(netip.PrefixFrom(netip.IPv4Unspecified(), 0)),
		rangeOf(netip.PrefixFrom(netip.IPv6Unspecified(), 0)),
	}
}

// rangeOf returns the addresses of a prefix.
func rangeOf(p netip.Prefix) AddressRange {
	from := p.Masked().Addr()
	to := from.AsSlice()
	for bit := p.Bits(); bit < len(to)*8; bit++ {
		to[bit/8] |= 0x80 >> (bit % 8)
	}
	last, _ := netip.AddrFromSlice(to)
	return AddressRange{from, last}
}

// block is a set of addresses: ranges that neither overlap nor touch, in order.
type block []AddressRange

// newBlock reads a CIDR without its exceptions. An exception that is not within
// the CIDR takes nothing away and is an error beside the block: an API server
// refuses such a policy.
func newBlock(cidr string, except []string) (block, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return nil, fmt.Errorf("read CIDR %q: it is none", cidr)
	}
	if isMapped(cidr) {
		return nil, fmt.Errorf("read CIDR %q: addresses of IPv4 in the form of IPv6, which plugins read in one way or the other", cidr)
	}
	b := block{rangeOf(prefix)}
	for _, text := range except {
		hole, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read exception %q of %s: it is no CIDR", text, cidr)
		}
		if hole.Bits() <= prefix.Bits() || !prefix.Contains(hole.Addr()) {
			return b, fmt.Errorf("read exception %q of %s: it is not within it", text, cidr)
		}
		b = b.minus(rangeOf(hole))
	}
	if b == nil {
		b = block{} // every address is an exception
	}
	return b, nil
}

// mappedBits stand before an address of IPv4 in the form that IPv6 has for it.
const mappedBits = 96

// isMapped reports whether a CIDR is of addresses of IPv4 in the form that IPv6 has for
// them (::ffff:10.0.0.0/104). A server may take it, and plugins read it as the one or as
// the other.
func isMapped(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Addr().Is4In6()
}

func (b block) minus(hole AddressRange) block {
	var rest block
	for _, r := range b {
		if r.From.Is4() != hole.From.Is4() || hole.To.Less(r.From) || r.To.Less(hole.From) {
			rest = append(rest, r)
			continue
		}
		if r.From.Less(hole.From) {
			rest = append(rest, AddressRange{r.From, hole.From.Prev()})
		}
		if hole.To.Less(r.To) {
			rest = append(rest, AddressRange{hole.To.Next(), r.To})
		}
	}
	return rest
}

func (b block) union(o block) block {
	all := slices.Concat(b, o)
	slices.SortFunc(all, func(x, y AddressRange) int { return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To)) })
	var sum block
	for _, r := range all {
		if last := len(sum) - 1; last >= 0 && sum[last].From.Is4() == r.From.Is4() {
			if next := sum[last].To.Next(); !next.IsValid() || r.From.Compare(next) <= 0 {
				if sum[last].To.Less(r.To) {
					sum[last].To = r.To
				}
				continue
			}
		}
		sum = append(sum, r)
	}
	return sum
}

// parts cuts every address into the ranges that no block tells apart, in order.
func parts(blocks []block) []AddressRange {
	whole := everyAddress()
	starts := []netip.Addr{whole[0].From, whole[1].From}
	for _, b := range blocks {
		for _, r := range b {
			starts = append(starts, r.From)
			if next := r.To.Next(); next.IsValid() {
				starts = append(starts, next)
			}
		}
	}
	slices.SortFunc(starts, netip.Addr.Compare)
	starts = slices.Compact(starts)
	all := make([]AddressRange, len(starts))
	for i, from := range starts {
		all[i] = AddressRange{From: from, To: whole[0].To}
		if from.Is6() {
			all[i].To = whole[1].To
		}
		if i+1 < len(starts) && starts[i+1].Is4() == from.Is4() {
			all[i].To = starts[i+1].Prev()
		}
	}
	return all
}

// partAt returns the part that holds an address.
func partAt(all []AddressRange, a netip.Addr) int {
	i, found := slices.BinarySearchFunc(all, a, func(r AddressRange, a netip.Addr) int { return r.From.Compare(a) })
	if !found {
		i--
	}
	return i
}

// publicIPv4 is what of IPv4 is reached over the internet: all but the ranges kept
// for private networks, for the own host and link, for carriers, tests and groups.
func publicIPv4() block {
	b := everyAddress()[:1]
	for _, kept := range [...]string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	} {
		b = b.minus(rangeOf(netip.MustParsePrefix(kept)))
	}
	return b
}

// publicIPv6 is what of IPv6 is given out for the internet.
func publicIPv6() block { return block{rangeOf(netip.MustParsePrefix("2000::/3"))} }

// leavesOut returns what of whole is not in b, in 65,536ths of its family.
func (b block) leavesOut(whole block) int {
	rest := whole
	for _, r := range b {
		rest = rest.minus(r)
	}
	n := 0
	for _, r := range rest {
		from, to := r.From.AsSlice(), r.To.AsSlice()
		n += int(to[0])<<8 + int(to[1]) - int(from[0])<<8 - int(from[1])
	}
	return n
}
