package questionnaires

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"tickmark/engine/redaction"
)

// ID is a random 128-bit id in hexadecimal digits, of an assessment or a piece of
// evidence. "" is none. Numbers that people see (Evidence-7) are labels on it.
type ID string

// NewID draws an id from random, which must be cryptographic.
func NewID(random io.Reader) (ID, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw id: %w", err)
	}
	return ID(hex.EncodeToString(b[:])), nil
}

// MaxNarrative is the longest narrative in bytes.
const MaxNarrative = 64 << 10

// CheckText refuses text that is no UTF-8, longer than limit bytes, or holds
// control characters other than line feed and tab, since it will be shown in
// terminals and printed; and a card number, since what is signed stays (3.3.1, 3.4.1).
func CheckText(what, text string, limit int) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("read %s: it is not UTF-8", what)
	}
	if len(text) > limit {
		return fmt.Errorf("read %s: %d bytes, at most %d are kept", what, len(text), limit)
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
		return fmt.Errorf("read %s: control character at byte %d", what, i+1)
	}
	if cards := redaction.Cards(text); len(cards) > 0 {
		return fmt.Errorf("read %s: what looks like a card number at byte %d; a vault holds none, write its last four digits", what, cards[0].From+1)
	}
	return nil
}

// WithoutSecrets returns the text of a file for a paper, without what looks like a secret or a card
// number. It is false where something looks like one only once the escapes of the text are read.
func WithoutSecrets(text string) (string, bool) {
	shown := redaction.New().Text(text)
	plain := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`, `\/`, "/").Replace(shown)
	return shown, redaction.New().Text(plain) == plain
}

// checkLine is CheckText for what stands on one line.
func checkLine(what, text string, limit int) error {
	if err := CheckText(what, text, limit); err != nil {
		return err
	}
	if strings.ContainsAny(text, "\n\t\u2028\u2029") {
		return fmt.Errorf("read %s: it is of one line", what)
	}
	return nil
}
