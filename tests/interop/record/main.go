// Checks the logs of a record by another implementation of notes, trees and tiles:
// that of the Go checksum database (golang.org/x/mod/sumdb). Nothing of Chirograph's
// own code is used.
//
//	go run . RECORD
//
// Checked, for each log: the signature of the log and every cosignature that its
// policy names; all tiles against the root; every entry against its leaf; the files
// for people against the entries; every .tlog-proof; an earlier countersigned head;
// the keys under which a log goes on, and the roots for which they were appointed; and
// the roots that receipts name against the log that they receipt.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight

	keyTypeCosignature = 4
)

// cosigner verifies lines of type 0x04 (C2SP tlog-cosignature), which the package
// note leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, message)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed vkey")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(key) != 1+ed25519.PublicKeySize || key[0] != keyTypeCosignature {
		return nil, errors.New("not the key of a cosigner")
	}
	return &cosigner{parts[0], uint32(hash), ed25519.PublicKey(key[1:])}, nil
}

// theLog is one party's folder.
type theLog struct {
	party  string
	folder string
	// What the charter says of it: the first origin, and the raw key.
	base, charterKey string
	verifiers        []note.Verifier
	tree             tlog.Tree
	reader           tlog.HashReader
	entries          [][]byte
	// Who signs heads from which size on: the charter's key, then those appointed.
	generations []generation
}

type generation struct {
	start    int64
	verifier note.Verifier
}

func (l *theLog) read(names ...string) ([]byte, error) {
	return os.ReadFile(filepath.Join(append([]string{l.folder}, names...)...))
}

// The tiles of the tree, for tlog.TileHashReader, which verifies them.
func (l *theLog) Height() int                     { return tileHeight }
func (l *theLog) SaveTiles([]tlog.Tile, [][]byte) {}
func (l *theLog) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		content, err := l.read("tile", tilePath(strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		if len(content) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("tile %d/%d has %d bytes", tile.L, tile.N, len(content))
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// tilePath is that of C2SP tlog-tiles.
func tilePath(kind string, number int64, width int) string {
	path := fmt.Sprintf("%03d", number%1000)
	for number >= 1000 {
		number /= 1000
		path = fmt.Sprintf("x%03d/%s", number%1000, path)
	}
	if width < tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return kind + "/" + path
}

func (l *theLog) readPolicy() error {
	text, err := l.read("policy")
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(text), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) >= 2 && words[0] == "log":
			verifier, err := note.NewVerifier(words[1])
			if err != nil {
				return err
			}
			l.verifiers = append([]note.Verifier{verifier}, l.verifiers...)
		case len(words) >= 3 && words[0] == "witness":
			verifier, err := newCosigner(words[2])
			if err != nil {
				return err
			}
			l.verifiers = append(l.verifiers, verifier)
		}
	}
	return nil
}

// openHead verifies a checkpoint; `all` of the verifiers must have signed, else the log.
func (l *theLog) openHead(message []byte, all bool) (tlog.Tree, error) {
	opened, err := note.Open(message, note.VerifierList(l.verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	signed := map[string]bool{}
	for _, signature := range opened.Sigs {
		signed[signature.Name] = true
	}
	for i, verifier := range l.verifiers {
		if (i == 0 || all) && !signed[verifier.Name()] {
			return tlog.Tree{}, fmt.Errorf("%s has not signed", verifier.Name())
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != l.verifiers[0].Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func (l *theLog) readHead() error {
	message, err := l.read("checkpoint")
	if err != nil {
		return err
	}
	_, earlier := l.read("checkpoint.countersigned")
	if l.tree, err = l.openHead(message, earlier != nil); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	l.reader = tlog.TileHashReader(l.tree, l)
	return nil
}

// readCountersigned verifies an earlier head, under the key of the size that it has.
func (l *theLog) readCountersigned() error {
	message, err := l.read("checkpoint.countersigned")
	if err != nil {
		return nil
	}
	lines := strings.Split(string(message), "\n")
	if len(lines) < 3 {
		return errors.New("checkpoint.countersigned: malformed")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	earlier := *l
	earlier.verifiers = append([]note.Verifier{l.signerOf(size)}, l.verifiers[1:]...)
	tree, err := earlier.openHead(message, false)
	if err != nil {
		return fmt.Errorf("checkpoint.countersigned: %w", err)
	}
	return l.compareRoot(tree)
}

func (l *theLog) signerOf(size int64) note.Verifier {
	signer := l.generations[0].verifier
	for _, generation := range l.generations[1:] {
		if size > generation.start {
			signer = generation.verifier
		}
	}
	return signer
}

// valuesOf takes the text of an entry apart.
func valuesOf(entry []byte) map[string]string {
	text, _, _ := strings.Cut(string(entry), "\n\n")
	values := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		key, value, _ := strings.Cut(line, " ")
		values[key] = value
	}
	return values
}

func newLogVerifier(name, base64Key string) (note.Verifier, error) {
	key, err := base64.StdEncoding.DecodeString(base64Key)
	if err != nil {
		return nil, err
	}
	vkey, err := note.NewEd25519VerifierKey(name, ed25519.PublicKey(key))
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(vkey)
}

// readGenerations follows the keys of the log from the charter's on: an appointment
// counts where it stands for the log's size and root. (Who signed it is for verify.sh.)
func (l *theLog) readGenerations() error {
	origin := l.verifiers[0].Name()
	base := l.base
	verifier, err := newLogVerifier(base, l.charterKey)
	if err != nil {
		return err
	}
	l.generations = []generation{{0, verifier}}
	for number, entry := range l.entries {
		values := valuesOf(entry)
		if values["act"] != "appoint" || values["office"] != "log" ||
			values["size"] != strconv.Itoa(number) {
			continue
		}
		root, err := tlog.ParseHash(values["root"])
		if err != nil {
			return err
		}
		if err := l.compareRoot(tlog.Tree{N: int64(number), Hash: root}); err != nil {
			return fmt.Errorf("appointment %d: %w", number, err)
		}
		name := fmt.Sprintf("%s/%d", base, len(l.generations)+1)
		if verifier, err = newLogVerifier(name, values["key"]); err != nil {
			return err
		}
		l.generations = append(l.generations, generation{int64(number), verifier})
	}
	last := l.generations[len(l.generations)-1].verifier
	if last.Name() != origin || last.KeyHash() != l.verifiers[0].KeyHash() {
		return fmt.Errorf("the policy's log is %s, and the entries lead to %s", origin, last.Name())
	}
	return nil
}

func (l *theLog) compareRoot(tree tlog.Tree) error {
	root, err := tlog.TreeHash(tree.N, l.reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("%s has another root at size %d", l.party, tree.N)
	}
	return nil
}

func (l *theLog) readEntries() error {
	for first := int64(0); first < l.tree.N; first += tileWidth {
		width := tileWidth
		if l.tree.N-first < tileWidth {
			width = int(l.tree.N - first)
		}
		bundle, err := l.read("tile", tilePath("entries", first/tileWidth, width))
		if err != nil {
			return err
		}
		for i := 0; i < width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("bundle %d is cut short", first/tileWidth)
			}
			size := int(binary.BigEndian.Uint16(bundle))
			l.entries = append(l.entries, bundle[2:2+size])
			bundle = bundle[2+size:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("bundle %d goes on", first/tileWidth)
		}
	}
	for number, entry := range l.entries {
		leaf, err := l.reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(number))})
		if err != nil {
			return err
		}
		if tlog.RecordHash(entry) != leaf[0] {
			return fmt.Errorf("entry %d is not the one of the tile", number)
		}
	}
	return nil
}

// checkActs compares the files for people with the entries.
func (l *theLog) checkActs() error {
	if _, err := os.Stat(filepath.Join(l.folder, "acts")); err != nil {
		return nil
	}
	for number, entry := range l.entries {
		name := fmt.Sprintf("%06d", number)
		text, err := l.read("acts", name+".act")
		if err != nil {
			return err
		}
		signature, err := l.read("acts", name+".sig")
		if err != nil {
			return err
		}
		second, _ := l.read("acts", name+".2.sig")
		joined := bytes.Join([][]byte{text, []byte("\n"), signature, second}, nil)
		if !bytes.Equal(joined, entry) {
			return fmt.Errorf("the files of act %d are not its entry", number)
		}
		if err := l.checkProof(int64(number), joined, name); err != nil {
			return fmt.Errorf("%s.tlog-proof: %w", name, err)
		}
	}
	return nil
}

func (l *theLog) checkProof(number int64, entry []byte, name string) error {
	content, err := l.read("acts", name+".tlog-proof")
	if err != nil {
		return err
	}
	head, message, found := strings.Cut(string(content), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		lines[1] != fmt.Sprintf("index %d", number) {
		return errors.New("malformed")
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := l.openHead([]byte(message), false)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, number, tlog.RecordHash(entry))
}

// checkReceipts compares the roots in this log's receipts with the other log.
func (l *theLog) checkReceipts(other *theLog) (int, error) {
	count := 0
	for number, entry := range l.entries {
		values := valuesOf(entry)
		if values["act"] != "receipt" {
			continue
		}
		size, err := strconv.ParseInt(values["size"], 10, 64)
		if err != nil {
			return count, err
		}
		root, err := tlog.ParseHash(values["root"])
		if err != nil {
			return count, err
		}
		if err := other.compareRoot(tlog.Tree{N: size, Hash: root}); err != nil {
			return count, fmt.Errorf("receipt %d: %w", number, err)
		}
		count++
	}
	return count, nil
}

func openLog(record string, of partyOf) (*theLog, error) {
	party := of.id
	l := &theLog{party: party, folder: filepath.Join(record, party), base: of.base,
		charterKey: of.key}
	for _, step := range []func() error{l.readPolicy, l.readHead, l.readEntries,
		l.readGenerations, l.readCountersigned, l.checkActs} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%s: %w", party, err)
		}
	}
	return l, nil
}

// partyOf is what the charter says of a party: id, first origin of its log, raw log key.
type partyOf struct {
	id, base, key string
}

func partiesOf(record string) ([]partyOf, error) {
	charter, err := os.ReadFile(filepath.Join(record, "charter.txt"))
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(charter)
	channel := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).
		EncodeToString(hash[:]))
	var parties []partyOf
	for _, line := range strings.Split(string(charter), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case key == "party" && len(parties) < 2:
			parties = append(parties, partyOf{id: value})
		case len(parties) == 0:
		case key == "domain" && parties[len(parties)-1].base == "":
			parties[len(parties)-1].base = value + "/chirograph/" + channel
		case key == "log-key" && parties[len(parties)-1].key == "":
			parties[len(parties)-1].key = value
		}
	}
	if len(parties) != 2 {
		return nil, errors.New("charter.txt does not name two parties")
	}
	return parties, nil
}

func run(record string) error {
	parties, err := partiesOf(record)
	if err != nil {
		return err
	}
	var logs [2]*theLog
	for i := range logs {
		if logs[i], err = openLog(record, parties[i]); err != nil {
			return err
		}
	}
	for i, l := range logs {
		count, err := l.checkReceipts(logs[1-i])
		if err != nil {
			return fmt.Errorf("%s: %w", l.party, err)
		}
		fmt.Printf("%s: %d entries, %d receipts\n", l.party, l.tree.N, count)
	}
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: record RECORD")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
