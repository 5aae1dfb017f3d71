package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// The exit statuses, the same for every verb.
const (
	exitDone        = 0
	exitError       = 1
	exitUsage       = 2
	exitAttention   = 3
	exitNoIdentity  = 4
	exitLocked      = 5
	exitTampered    = 6
	exitInterrupted = 130
)

// exitStatuses is printed in every help text and in the README.
const exitStatuses = `Exit status:
  0    done
  1    error
  2    wrong usage
  3    done, and something needs attention: a check failed, an assessment has
       problems, a signer is not identified, something could not be read or seen
  4    no identity opens this
  5    locked by another process
  6    tampered, rolled back, or a signature does not hold
  130  interrupted`

// errAttention ends a verb that did its work and found something to look at. It
// has been said already, so nothing more is printed.
var errAttention = errors.New("something needs attention")

// usageError is a mistake in the words of the command.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// hinted is an error with the line that helps.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

func withHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return hinted{err, hint}
}

// tampered marks what must end with exitTampered though no vault told it.
type tampered struct{ error }

func (t tampered) Unwrap() error { return t.error }

// statusOf is the one place that maps errors to exit statuses.
func statusOf(err error) int {
	var usage usageError
	var tamper *vault.TamperError
	var broken tampered
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errAttention):
		return exitAttention
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, vault.ErrNoIdentity):
		return exitNoIdentity
	case errors.Is(err, vault.ErrLocked):
		return exitLocked
	case errors.As(err, &tamper), errors.As(err, &broken), errors.Is(err, vault.ErrRolledBack):
		return exitTampered
	}
	return exitError
}

// report prints an error of a command as one line, and its hint as another.
func (d *door) report(command string, err error) int {
	status := statusOf(err)
	if status == exitDone || status == exitAttention {
		return status
	}
	if errors.Is(err, vault.ErrReadOnly) {
		if _, why := d.author(); why != nil { // a vault opens without one, and is only read then
			err = fmt.Errorf("%w: %w", err, why)
		}
	}
	text := strings.TrimPrefix(err.Error(), "error: ")
	if status == exitInterrupted {
		text = strings.ReplaceAll(text, context.Canceled.Error(), "interrupted")
	}
	fmt.Fprintf(d.err, "error: %s\n", kube.Printable(text))
	if hint := hintOf(command, err, status); hint != "" {
		fmt.Fprintf(d.err, "hint: %s\n", hint)
	}
	return status
}

// hintOf is what helps whoever met an error of a command.
func hintOf(command string, err error, status int) string {
	var h hinted
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.Is(err, vault.ErrRolledBack):
		return "look for the newest copy; one restored on purpose is accepted with `tickmark vault verify VAULT --accept-older`"
	case errors.Is(err, vault.ErrNotEnrolled):
		return "`tickmark identity card` writes your card; whoever may write there takes it in with `tickmark vault authors VAULT add CARD`"
	case errors.Is(err, questionnaires.ErrIssued):
		return "`tickmark assessment VAULT stage amend --reason TEXT` opens one"
	case errors.Is(err, vault.ErrNoPlugin):
		return "install the plugin where the PATH finds it"
	case status == exitNoIdentity:
		return "name the identity with -i FILE, or set TICKMARK_IDENTITY"
	case errors.As(err, new(*vault.TamperError)):
		return "go back to a copy, or `tickmark vault salvage VAULT -o NEW.vault` writes what still holds into a new vault"
	case status == exitLocked:
		return "end what has it open, such as a workbench; `tickmark open VAULT --read-only` looks at it meanwhile"
	case status == exitUsage:
		return "see `" + command + " --help`"
	}
	return ""
}
