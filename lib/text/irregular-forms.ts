/**
 * Inflected forms of English words that no rule gives, and the parts into which contractions are split. A line has a base form and its other
 * forms. Of a verb the forms in -s and -ing are left out where they are regular.
 */
const TABLE = `
be am is are was were been being 'm 're 's
have has had having 've 's 'd
do does did done
go goes went gone
will would wo 'll 'd
would 'd
can could ca
not n't
say said
see saw seen
eat ate eaten
get got gotten
give gave given
make made
take took taken
come came
become became
know knew known
think thought
find found
tell told
feel felt
leave left
bring brought
buy bought
catch caught
teach taught
fight fought
seek sought
begin began begun
drink drank drunk
sing sang sung
ring rang rung
sink sank sunk
swim swam swum
shrink shrank shrunk
run ran
spring sprang sprung
break broke broken
speak spoke spoken
steal stole stolen
wake woke woken
choose chose chosen
freeze froze frozen
forget forgot forgotten
write wrote written
ride rode ridden
drive drove driven
rise rose risen
bite bit bitten
hide hid hidden
shake shook shaken
mistake mistook mistaken
fall fell fallen
fly flew flown
draw drew drawn
grow grew grown
blow blew blown
throw threw thrown
show showed shown
wear wore worn
tear tore torn
bear bore born borne
swear swore sworn
build built
send sent
spend spent
lend lent
bend bent
mean meant
lose lost
keep kept
sleep slept
sweep swept
weep wept
creep crept
meet met
feed fed
lead led
read read
bleed bled
breed bred
sit sat
win won
hold held
stand stood
understand understood
hear heard
pay paid
lay laid
lie lay lain lying
sell sold
shoot shot
light lit lighted
slide slid
stick stuck
strike struck
dig dug
hang hung hanged
spin spun
swing swung
cling clung
sting stung
shine shone shined
burn burnt burned
learn learnt learned
dream dreamt dreamed
smell smelt smelled
spell spelt spelled
spill spilt spilled
spoil spoilt spoiled
lean leant leaned
leap leapt leaped
kneel knelt kneeled
dwell dwelt
wind wound
bind bound
grind ground
put
cut
hit
hurt
let
set
shut
cost
cast
burst
split
spread
quit quitting
beat beaten
bet
bid
forgive forgave forgiven
arise arose arisen
awake awoke awoken
sew sewed sewn
sow sowed sown
mow mowed mown
undo undid undone
overcome overcame
withdraw withdrew withdrawn
panic panicked panicking
man men
woman women
child children
foot feet
tooth teeth
goose geese
mouse mice
person people
knife knives
wife wives
life lives
leaf leaves
half halves
shelf shelves
wolf wolves
thief thieves
loaf loaves
calf calves
scarf scarves
ox oxen
sheep sheep
fish fish
deer deer
`;

/** The irregular forms of a base form, in lower case, by the base form. */
export const IRREGULAR_FORMS: ReadonlyMap<string, readonly string[]> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([base, ...forms]) => [base!, forms]),
);
