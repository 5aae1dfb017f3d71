package questionnaires

import "errors"

var errNoChannel = errors.New("data flows: the payment channel is none")

// CardData says where account data comes, goes and stays.
type CardData struct {
	Flows         []DataFlow  `json:"flows,omitempty"`
	Stores        []DataStore `json:"stores,omitempty"`
	NothingStored bool        `json:"nothingStored,omitempty"` // no account data is kept anywhere
	Inventory     []ID        `json:"inventory,omitempty"`     // evidence: that which lists the stores
}

func (d CardData) check(b *bounds) {
	b.names("data flows", namesOf(d.Flows, func(f DataFlow) string { return f.Name }))
	b.names("data stores", namesOf(d.Stores, func(s DataStore) string { return s.Name }))
	b.list("inventories of data stores", len(d.Inventory))
	for _, f := range d.Flows {
		f.check(b)
	}
	for _, s := range d.Stores {
		s.check(b)
	}
	if d.NothingStored && len(d.Stores) > 0 {
		b.add(errors.New("data stores are listed, and it says that nothing is stored"))
	}
}

// IsZero reports whether nothing is said.
func (d CardData) IsZero() bool {
	return len(d.Flows)+len(d.Stores)+len(d.Inventory) == 0 && !d.NothingStored
}
