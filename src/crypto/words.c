#include "words.h"

/*
 * Method: in alphabetical order, so that a person finds a word again. Within a
 * list any two words differ in their first four letters and in at least two
 * letters in all. A list never changes: fingerprints in it are on paper.
 */
static const char *const lists[WORDS_LANGUAGE_COUNT][WORDS_LIST_SIZE] = {
	[WORDS_ENGLISH] = {
		"acorn", "almond", "anchor", "ankle", "apple", "apron", "arrow", "aspen",
		"autumn", "badge", "bagel", "bamboo", "banjo", "barrel", "basket", "beacon",
		"beaver", "bicycle", "biscuit", "blanket", "bonfire", "bottle", "branch",
		"bridge", "bronze", "bucket", "butter", "cabin", "cactus", "camera", "candle",
		"carpet", "castle", "cedar", "chalk", "cherry", "chimney", "cinema", "circus",
		"clover", "cobalt", "coffee", "comet", "copper", "cotton", "cousin", "cradle",
		"crayon", "cricket", "crystal", "cushion", "dagger", "daisy", "dance", "debris",
		"dentist", "desert", "diamond", "dinner", "dolphin", "donkey", "dragon",
		"drawer", "drum", "eagle", "eclipse", "elbow", "emerald", "engine", "escort",
		"evening", "fabric", "falcon", "farmer", "feather", "fennel", "fiddle",
		"finger", "flannel", "flute", "forest", "fossil", "frost", "galaxy", "garden",
		"garlic", "gentle", "giant", "glacier", "glove", "golden", "goose", "granite",
		"grape", "guitar", "gypsum", "hammer", "harbour", "hazel", "helmet", "heron",
		"hickory", "hockey", "honey", "horizon", "hunter", "iceberg", "igloo", "indigo",
		"insect", "island", "ivory", "jacket", "jaguar", "jasmine", "jelly", "jersey",
		"jigsaw", "jungle", "kayak", "kettle", "kidney", "kingdom", "kitchen", "ladder",
		"lagoon", "lantern", "lemon", "leopard", "library", "lilac", "linen", "lizard",
		"lobster", "lotus", "lumber", "lunch", "magnet", "mango", "maple", "marble",
		"meadow", "melody", "mercury", "mirror", "mosaic", "muffin", "museum",
		"mustard", "napkin", "nectar", "needle", "nickel", "noodle", "north", "nutmeg",
		"oasis", "object", "ocean", "olive", "onion", "opera", "orange", "orbit",
		"orchid", "otter", "oyster", "paddle", "palace", "panda", "parrot", "pebble",
		"pelican", "pencil", "pepper", "piano", "pigeon", "pillow", "planet", "plum",
		"pocket", "polar", "pony", "potato", "prairie", "prince", "puzzle", "pyramid",
		"quartz", "quiver", "rabbit", "radar", "rainbow", "raven", "ribbon", "river",
		"robin", "rubber", "salmon", "sandal", "scarf", "school", "season", "shadow",
		"shovel", "silver", "sister", "skate", "slipper", "spider", "sponge", "statue",
		"sunset", "swan", "syrup", "table", "teapot", "temple", "thunder", "ticket",
		"tiger", "timber", "tomato", "topaz", "tractor", "trumpet", "tulip", "tunnel",
		"turtle", "twelve", "unicorn", "uniform", "urban", "valley", "vanilla",
		"velvet", "village", "violin", "vision", "volcano", "voyage", "wagon", "walnut",
		"walrus", "weasel", "whisper", "window", "winter", "wolf", "yacht", "yellow",
		"yogurt", "zebra", "zenith", "zigzag", "zinc",
	},
	[WORDS_RUSSIAN] = {
		"абрикос", "автобус", "адмирал", "айсберг", "аккорд", "алмаз", "альбом",
		"ананас", "аптека", "арбуз", "артист", "асфальт", "атлас", "балкон", "банан",
		"барабан", "бассейн", "белка", "берёза", "билет", "блокнот", "бобр", "болото",
		"ботинок", "бронза", "бублик", "бульвар", "вагон", "валенок", "варенье",
		"василёк", "ведро", "великан", "вертолёт", "ветер", "виноград", "вишня",
		"водопад", "воздух", "вокзал", "ворона", "выставка", "газета", "галстук",
		"гвоздика", "герань", "гитара", "глобус", "голубь", "гора", "граница", "груша",
		"гусеница", "дача", "двор", "дельфин", "деревня", "диван", "дирижёр", "доктор",
		"дракон", "дыня", "ежевика", "енот", "железо", "жемчуг", "жираф", "журнал",
		"забор", "загадка", "запад", "звезда", "зебра", "зелень", "зеркало", "зима",
		"змея", "знамя", "зонтик", "игла", "изумруд", "индюк", "инженер", "ирис",
		"искра", "кабинет", "камень", "капуста", "карта", "квартира", "кирпич",
		"клевер", "ключ", "книга", "ковёр", "колокол", "комета", "конверт", "корабль",
		"крыло", "кувшин", "кукла", "курица", "кухня", "лагерь", "ладонь", "лампа",
		"ласточка", "лебедь", "лента", "лестница", "лимон", "линейка", "лисица",
		"лодка", "лосось", "лыжи", "магнит", "малина", "мандарин", "маршрут", "масло",
		"матрос", "медведь", "мельница", "месяц", "металл", "микрофон", "монета",
		"морковь", "мост", "музыка", "народ", "наука", "небо", "неделя", "ножницы",
		"носорог", "облако", "обувь", "овраг", "огурец", "одеяло", "озеро", "окно",
		"орех", "оркестр", "осень", "остров", "отпуск", "павлин", "палатка", "парус",
		"перец", "песня", "петух", "печать", "пианино", "пингвин", "пирог", "письмо",
		"платье", "победа", "подушка", "поезд", "помидор", "портрет", "посуда", "почта",
		"праздник", "природа", "пуговица", "пустыня", "пчела", "пшеница", "радуга",
		"ракушка", "рельсы", "рисунок", "робот", "рубашка", "ручей", "рыба", "рюкзак",
		"рябина", "садовник", "салат", "самолёт", "сапог", "свеча", "секунда", "сирень",
		"сказка", "скрипка", "слива", "снег", "собака", "солнце", "сосна", "спичка",
		"стакан", "суббота", "сумка", "сундук", "табурет", "танец", "тарелка", "театр",
		"телефон", "тетрадь", "тигр", "тишина", "топор", "трава", "туман", "улица",
		"утюг", "учитель", "фабрика", "факел", "фартук", "фиалка", "филин", "флаг",
		"фонарь", "фортуна", "футбол", "хлеб", "холод", "хомяк", "храм", "цапля",
		"цветок", "церковь", "цирк", "чайник", "часы", "человек", "черника", "четверг",
		"чудо", "шахматы", "шёлк", "шиповник", "шкаф", "школа", "шляпа", "экран",
		"эскимо", "этаж", "юность", "яблоко", "якорь", "январь", "ястреб", "ящерица",
	},
};

const char *words_at(enum words_language language, uint8_t place)
{
	return lists[language][place];
}

void words_print(enum words_language language, const uint8_t *bytes, size_t count,
                 char ret_text[WORDS_SAID_CAPACITY])
{
	char *at = ret_text;

	for (size_t i = 0; i < count && i < WORDS_SAID_MAXIMUM; i++) {
		const char *word = words_at(language, bytes[i]);
		size_t size = strlen(word);

		if (i > 0)
			*at++ = ' ';
		memcpy(at, word, size);
		at += size;
	}
	*at = '\0';
}

static bool is_between(uint8_t byte)
{
	return byte == ' ' || byte == '-' || byte == ',';
}

/* The next letter in lower case, ё as е; 0 at the end or between words. A letter that is
 * neither ASCII nor two bytes of UTF-8 is none of ours: UINT32_MAX. */
static uint32_t next_letter(const uint8_t **at, const uint8_t *end)
{
	uint32_t letter;

	if (*at == end || is_between(**at))
		return 0;
	letter = *(*at)++;
	if (letter >= 'A' && letter <= 'Z')
		return letter + ('a' - 'A');
	if (letter < 0x80)
		return letter;
	if ((letter & 0xe0) != 0xc0 || *at == end || (**at & 0xc0) != 0x80)
		return UINT32_MAX;
	letter = (letter & 0x1f) << 6 | (*(*at)++ & 0x3f);
	if (letter >= 0x410 && letter <= 0x42f)
		letter += 0x20;
	return letter == 0x401 || letter == 0x451 ? 0x435 : letter;
}

/* Whether what is at *text, up to the next word, is this word or its beginning. */
static bool is_meant(const uint8_t *text, const uint8_t *end, const char *word)
{
	enum { LETTERS_MINIMUM = 4 };
	const uint8_t *rest = (const uint8_t *)word, *word_end = rest + strlen(word);

	for (unsigned letters = 0;; letters++) {
		uint32_t said = next_letter(&text, end), meant = next_letter(&rest, word_end);

		if (said == 0)
			return meant == 0 || letters >= LETTERS_MINIMUM;
		if (said != meant)
			return false;
	}
}

static int read_word(enum words_language language, const uint8_t *text, const uint8_t *end,
                     uint8_t *ret_byte)
{
	for (size_t i = 0; i < WORDS_LIST_SIZE; i++) {
		if (is_meant(text, end, words_at(language, (uint8_t)i))) {
			*ret_byte = (uint8_t)i;
			return OK;
		}
	}
	return ERROR_SYNTAX;
}

static int read_in(enum words_language language, struct bytes text, uint8_t *bytes, size_t count)
{
	const uint8_t *at = text.data, *end = text.data + text.size;

	for (size_t i = 0;; i++) {
		while (at < end && is_between(*at))
			at++;
		if (at == end)
			return i == count ? OK : ERROR_SYNTAX;
		if (i == count || read_word(language, at, end, &bytes[i]) != OK)
			return ERROR_SYNTAX;
		while (at < end && !is_between(*at))
			at++;
	}
}

int words_read(struct bytes text, uint8_t *ret_bytes, size_t count)
{
	uint8_t bytes[WORDS_SAID_MAXIMUM];

	if (count == 0 || count > WORDS_SAID_MAXIMUM || text.size == 0)
		return ERROR_SYNTAX;
	for (int language = 0; language < WORDS_LANGUAGE_COUNT; language++) {
		if (read_in((enum words_language)language, text, bytes, count) != OK)
			continue;
		memcpy(ret_bytes, bytes, count);
		return OK;
	}
	return ERROR_SYNTAX;
}

void words_fingerprint(enum words_language language, const struct hash *hash,
                       char ret_text[WORDS_FINGERPRINT_CAPACITY])
{
	char *at = ret_text;

	for (size_t i = 0; i < WORDS_FINGERPRINT_COUNT; i++) {
		const char *word = words_at(language, hash->bytes[i]);
		size_t size = strlen(word);

		if (i > 0)
			*at++ = ' ';
		memcpy(at, word, size);
		at += size;
	}
	*at = '\0';
}
