// Command age-plugin-test is an age plugin for tests: its keys are X25519 keys behind
// another name. Each time it is run it appends its arguments to the file that
// AGE_PLUGIN_TEST_LOG names, and before it opens it does what AGE_PLUGIN_TEST_DO
// says: touch (shows a message), pin (asks for one), confirm (asks yes or no), fail.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

func main() {
	if err := note(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	p, err := plugin.New("test")
	if err != nil {
		panic(err)
	}
	p.RegisterFlags(nil)
	p.HandleRecipient(func(data []byte) (age.Recipient, error) { return age.ParseX25519Recipient(string(data)) })
	p.HandleIdentity(func(data []byte) (age.Identity, error) {
		if err := act(p, os.Getenv("AGE_PLUGIN_TEST_DO")); err != nil {
			return nil, err
		}
		return age.ParseX25519Identity(string(data))
	})
	flag.Parse()
	os.Exit(p.Main())
}

func note() error {
	f, err := os.OpenFile(os.Getenv("AGE_PLUGIN_TEST_LOG"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintln(f, strings.Join(os.Args[1:], " "))
	return f.Close()
}

func act(p *plugin.Plugin, what string) error {
	switch what {
	case "touch":
		return p.DisplayMessage("touch the key\x1b[2J")
	case "pin":
		if pin, err := p.RequestValue("PIN of the key", true); err != nil || pin != "1234" {
			return errors.New("the PIN is wrong")
		}
	case "confirm":
		if yes, err := p.Confirm("use the key?", "use it", "leave it"); err != nil || !yes {
			return errors.New("it was left")
		}
	case "fail":
		return errors.New("no key is plugged in")
	}
	return nil
}
