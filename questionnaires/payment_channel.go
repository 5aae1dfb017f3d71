package questionnaires

// PaymentChannel is a way by which payments come in. The zero value names none:
// what is said without a channel is said of the whole entity.
type PaymentChannel int

// The payment channels that attestations tell apart.
const (
	NoChannel PaymentChannel = iota
	CardPresent
	MailTelephone
	ECommerce
)

var paymentChannels = [...]string{"", "card-present", "mail-telephone", "e-commerce"}

var paymentChannelTitles = [...]string{"", "Card present", "Mail and telephone orders", "E-commerce"}

// PaymentChannels returns every channel.
func PaymentChannels() []PaymentChannel {
	return []PaymentChannel{CardPresent, MailTelephone, ECommerce}
}

// ParsePaymentChannel reads the text that String returns, of a channel.
func ParsePaymentChannel(s string) (PaymentChannel, error) {
	i, err := indexOf("payment channel", paymentChannels[1:], s)
	if err != nil {
		return NoChannel, err
	}
	return PaymentChannel(i + 1), nil
}

// String returns the channel's text for commands and JSON, "" for none.
func (c PaymentChannel) String() string { return textOf(paymentChannels[:], int(c)) }

// Title returns the channel as forms print it.
func (c PaymentChannel) Title() string { return textOf(paymentChannelTitles[:], int(c)) }

// MarshalText writes what String returns.
func (c PaymentChannel) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *PaymentChannel) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = NoChannel
		return nil
	}
	parsed, err := ParsePaymentChannel(string(b))
	*c = parsed
	return err
}
