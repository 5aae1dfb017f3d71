package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Seal seals what write gives to recipients, as age does, and passes it on to w. What is
// sealed touches no disk in the clear. It is for what leaves the vault as a file of its
// own: age opens it.
func (v *Vault) Seal(ctx context.Context, w io.Writer, to []Recipient, write func(io.Writer) error) error {
	if len(to) == 0 {
		return errors.New("seal: nobody is named whom it is sealed to")
	}
	recipients, err := sealedTo(to)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	keys, _ := remember(recipients, v.settings.plugins)
	if err := sealInto(w, keys, write); err != nil {
		return err
	}
	return ctx.Err()
}
