package questionnaires

import "fmt"

// ChannelUse is a payment channel of the entity, and what it does with cards there.
type ChannelUse struct {
	Channel PaymentChannel `json:"channel"`
	Role    string         `json:"role,omitempty"`    // how card data is received, passed on, stored
	LeftOut string         `json:"leftOut,omitempty"` // why this assessment does not cover it; "" where it does
}

// Covered reports whether the assessment covers the channel.
func (u ChannelUse) Covered() bool { return blank(u.LeftOut) }

func checkChannels(b *bounds, all []ChannelUse) {
	seen := map[PaymentChannel]bool{}
	for i, u := range all {
		switch {
		case u.Channel <= NoChannel || int(u.Channel) >= len(paymentChannels):
			b.add(fmt.Errorf("payment channels: number %d names none", i+1))
		case seen[u.Channel]:
			b.add(fmt.Errorf("payment channels: %s is named twice", u.Channel))
		}
		seen[u.Channel] = true
		b.text("role with cards", u.Role)
		b.text("reason to leave a channel out", u.LeftOut)
	}
}

// lacks names what a covered channel does not say.
func (u ChannelUse) lacks() []string {
	if !u.Covered() {
		return nil
	}
	return missing([]field{{"role with cards", u.Role}})
}
