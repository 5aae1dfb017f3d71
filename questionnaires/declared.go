package questionnaires

// Declared is a yes or a no that somebody has to say. The zero value is neither: what
// nobody said is not a no.
type Declared int

// What may be declared.
const (
	Undeclared Declared = iota
	DeclaredYes
	DeclaredNo
)

var declared = [...]string{"", Yes, No}

// String returns the text, "" where nothing was said.
func (d Declared) String() string { return textOf(declared[:], int(d)) }

// MarshalText writes what String returns.
func (d Declared) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, and true and false as people write them.
func (d *Declared) UnmarshalText(b []byte) error {
	text := string(b)
	switch text {
	case "true":
		text = Yes
	case "false":
		text = No
	}
	i, err := indexOf("yes or no", declared[:], text)
	*d = Declared(i)
	return err
}
